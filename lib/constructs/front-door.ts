import { CfnOutput } from 'aws-cdk-lib';
import { CfnStage, HttpApi, HttpMethod } from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';

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
] as const;

/** The HTTP API for the CLI. Every route is authorised by IAM: who answers is the principal that signed. */
export class FrontDoor extends Construct {
  constructor(scope: Construct, id: string, door: IFunction) {
    super(scope, id);
    const api = new HttpApi(this, 'Api', { apiName: 'requorum', defaultAuthorizer: new HttpIamAuthorizer() });
    const integration = new HttpLambdaIntegration('Door', door);
    for (const [method, path] of ROUTES) api.addRoutes({ path, methods: [method], integration });
    const log = new LogGroup(this, 'AccessLog', { retention: RetentionDays.ONE_YEAR });
    const stage = api.defaultStage?.node.defaultChild;
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
    new CfnOutput(this, 'Endpoint', { value: api.apiEndpoint, description: 'for REQUORUM_ENDPOINT' }).overrideLogicalId(
      'Endpoint',
    );
  }
}
