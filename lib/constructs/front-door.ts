import { CfnOutput } from 'aws-cdk-lib';
import { CfnRoute, CfnStage, HttpApi, HttpMethod, HttpNoneAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { IConstruct } from 'constructs';
import { acknowledgePage } from './acknowledgements';

const ROUTES = [
  [HttpMethod.POST, '/cases'],
  [HttpMethod.GET, '/cases/{id}'],
  [HttpMethod.POST, '/cases/{id}/abort'],
  [HttpMethod.GET, '/clusters/{id}'],
  [HttpMethod.POST, '/clusters/{id}/inventory'],
  [HttpMethod.POST, '/clusters/{id}/gone'],
  [HttpMethod.POST, '/clusters/{id}/peers'],
  [HttpMethod.POST, '/clusters/{id}/disable'],
  [HttpMethod.POST, '/clusters/{id}/enable'],
  [HttpMethod.POST, '/clusters/{id}/acknowledge'],
  [HttpMethod.POST, '/gates/{id}/answer'],
  [HttpMethod.POST, '/links'],
] as const;

const PAGE = [
  [HttpMethod.GET, '/page'],
  [HttpMethod.GET, '/page/{proxy+}'],
  [HttpMethod.POST, '/page/{proxy+}'],
] as const;

/** Requests a second on the routes that anybody can reach: a page that is followed asks every two seconds. */
const RATE = { ThrottlingRateLimit: 50, ThrottlingBurstLimit: 100 };

interface Doors {
  readonly door: IFunction;
  readonly page: IFunction;
}

/** The HTTP API. For the CLI every route is authorised by IAM: who answers is the principal that signed. The page asks itself. */
export class FrontDoor extends Construct {
  readonly api: HttpApi;

  constructor(scope: Construct, id: string, { door, page }: Doors) {
    super(scope, id);
    const api = new HttpApi(this, 'Api', { apiName: 'requorum', defaultAuthorizer: new HttpIamAuthorizer() });
    this.api = api;
    const integration = new HttpLambdaIntegration('Door', door);
    for (const [method, path] of ROUTES) api.addRoutes({ path, methods: [method], integration });
    const stage = api.defaultStage?.node.defaultChild;
    this.addPage(page, stage);
    const log = new LogGroup(this, 'AccessLog', { retention: RetentionDays.ONE_YEAR });
    if (stage instanceof CfnStage) {
      stage.accessLogSettings = {
        destinationArn: log.logGroupArn,
        format: JSON.stringify({
          at: '$context.requestTime',
          who: '$context.identity.userArn',
          route: '$context.routeKey',
          status: '$context.status',
        }),
      };
    }
    new CfnOutput(this, 'Page', { value: `${api.apiEndpoint}/page` }).overrideLogicalId('Page');
    new CfnOutput(this, 'Endpoint', { value: api.apiEndpoint, description: 'for REQUORUM_ENDPOINT' }).overrideLogicalId(
      'Endpoint',
    );
  }

  private addPage(page: IFunction, stage: IConstruct | undefined): void {
    const integration = new HttpLambdaIntegration('Page', page);
    const authorizer = new HttpNoneAuthorizer();
    for (const [method, path] of PAGE) {
      for (const route of this.api.addRoutes({ path, methods: [method], integration, authorizer })) {
        acknowledgePage(route);
        const made = route.node.defaultChild;
        if (!(stage instanceof CfnStage) || !(made instanceof CfnRoute)) continue;
        stage.addPropertyOverride(`RouteSettings.${method} ${path}`, RATE);
        stage.addResourceDependency(made);
      }
    }
  }
}
