import { Hono } from 'hono';
import { answerGate } from './answer';
import { showLink, useLink } from './enter';
import { strictHeaders } from './headers';
import { comeFromIssuer, goToIssuer } from './oidc';
import type { Page } from './page';
import { errorPage, unknownPage } from './problems';
import { leave, showCase, showClusters, showGate } from './show';

/** The page as a web application. What is asked with GET shows; what decides is sent with POST, from a form of ours. */
export const appOf = (page: Page): Hono => {
  const app = new Hono();
  app.use(strictHeaders);
  app.get('/page', showClusters(page));
  app.get('/page/cases/:id', showCase(page));
  app.get('/page/gates/:id', showGate(page));
  app.post('/page/gates/:id', answerGate(page));
  app.get('/page/enter', showLink(page));
  app.post('/page/enter', useLink(page));
  app.get('/page/oidc', goToIssuer(page));
  app.get('/page/oidc/back', comeFromIssuer(page));
  app.post('/page/leave', leave(page));
  app.notFound(unknownPage);
  app.onError(errorPage);
  return app;
};
