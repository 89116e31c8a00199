"""What MiniStack lacks or does otherwise than AWS, supplied here so that the product never knows (facts/local-aws.md).

Every name touched is listed in pins.py.
"""

from __future__ import annotations

import json
import re
import time
from datetime import datetime, timezone
from http.client import HTTPConnection
from typing import Any, Callable
from urllib.parse import parse_qs

import asyncio
import launches
import ministack.app as app
from documents import Documents, Refused
from fleet import ACCOUNT, REGION, Fleet
from ministack.core import iam_actions, iam_evaluator
from ministack.core.responses import error_response_json, json_response
from ministack.core.router import extract_access_key_id
from ministack.services import apigateway, cloudwatch, eventbridge, ssm, stepfunctions
from ministack.services.cloudformation import provisioners
from run_command import RunCommand

Response = tuple[int, dict[str, str], bytes]


def install(fleet: Fleet, documents: Documents, commands: RunCommand, moto_port: int) -> None:
    """Patches MiniStack in this process. Call once, before it serves."""
    _transport_counts_as_secure()
    _resources_for_policies(fleet)
    _names_of_apis()
    _alarm_events()
    _task_time_outs()
    _forward_to_moto('ec2', fleet, moto_port)
    _forward_to_moto('autoscaling', fleet, moto_port)
    _systems_manager(fleet, documents, commands)
    provisioners._RESOURCE_HANDLERS['AWS::SSM::Document'] = documents.cloudformation()
    provisioners._RESOURCE_HANDLERS['AWS::EC2::SecurityGroup'] = _security_groups(fleet)


def _transport_counts_as_secure() -> None:
    """Loopback is plain HTTP: CDK's assets bucket and ours deny that, and nothing could be deployed."""
    resolve = iam_evaluator._resolve_condition_key

    def resolved(key: str, context: Any) -> Any:
        return 'true' if key.lower() == 'aws:securetransport' else resolve(key, context)

    iam_evaluator._resolve_condition_key = resolved


def _names_of_apis() -> None:
    """An API is reached by a host name; an address with an id before it is none, and no browser takes it."""
    apigateway._HOST = 'localhost'


def _resources_for_policies(fleet: Fleet) -> None:
    """The resource ARN of Systems Manager's verbs, and the tags of the EC2 resources a condition may ask for."""
    extract, enforce = iam_actions.extract_resource_arn, iam_evaluator.enforce

    def extracted(service: str, method: str, path: str, headers: dict[str, str], body: bytes, *rest: Any) -> str:
        verb = headers.get('x-amz-target', '').rpartition('.')[2]
        data = json.loads(body or b'{}') if service == 'ssm' else {}
        if service == 'ec2':
            form = parse_qs(body.decode(errors='replace'))
            launches.note((form.get('Action') or [''])[0], form, REGION, ACCOUNT)
        if service == 'ssm' and (verb == 'SendCommand' or 'Document' in verb):
            name = data.get('DocumentName') or data.get('Name') or '*'
            return name if name.startswith('arn:') else f'arn:aws:ssm:{REGION}:{ACCOUNT}:document/{name}'
        if service == 'ssm' and verb == 'GetConnectionStatus':
            return _arn('instance', data.get('Target', '*'))
        if service == 'autoscaling' and (of_group := _group_named(fleet, body)):
            return f'arn:aws:autoscaling:{REGION}:{ACCOUNT}:autoScalingGroup:*:autoScalingGroupName/{of_group}'
        if service == 'states' and verb.startswith('SendTask'):
            return _machine_of(json.loads(body or b'{}').get('taskToken'))
        return extract(service, method, path, headers, body, *rest)

    def enforced(key: str, action: str, service: str, region: str, resource_arn: str = '*',
                 service_context: dict[str, Any] | None = None) -> Any:
        of_launch = launches.keys_for(resource_arn) if service == 'ec2' else {}
        context = {**_tags_of(fleet, resource_arn, service), **of_launch, **(service_context or {})}
        return enforce(key, action, service, region, resource_arn=resource_arn, service_context=context)

    iam_actions.extract_resource_arn = extracted
    iam_evaluator.enforce = enforced


def _group_named(fleet: Fleet, body: bytes) -> str:
    """SetInstanceHealth names an instance, and IAM asks for the group that it is a member of."""
    form = parse_qs(body.decode(errors='replace'))
    return fleet.scaling.group_of(form['InstanceId'][0]) if form.get('Action') == ['SetInstanceHealth'] else ''


def _arn(kind: str, name: str) -> str:
    return f'arn:aws:ec2:{REGION}:{ACCOUNT}:{kind}/{name}'


def _tags_of(fleet: Fleet, arn: str, service: str) -> dict[str, Any]:
    """Condition keys of one resource of EC2 or Auto Scaling: its tags under both names, and its VPC."""
    if arn.startswith('arn:aws:autoscaling:'):
        return fleet.scaling.tags(arn)
    match = re.match(r'arn:aws:ec2:[^:]*:[^:]*:([a-z-]+)/(.+)$', arn)
    if match is None:
        return {}
    tags = fleet.ec2.describe_tags(filters={'resource-id': [match[2]]})
    prefixes = ('aws:resourcetag/', 'ssm:resourcetag/' if service == 'ssm' else 'ec2:resourcetag/')
    context: dict[str, Any] = {prefix + tag['key'].lower(): tag['value'] for tag in tags for prefix in prefixes}
    vpc = _vpc_of(fleet, match[1], match[2])
    return {**context, 'ec2:vpc': _arn('vpc', vpc)} if vpc else context


def _vpc_of(fleet: Fleet, kind: str, name: str) -> str | None:
    if kind == 'network-interface' and name in fleet.ec2.enis:
        return fleet.ec2.enis[name].subnet.vpc_id
    if kind == 'security-group' and (group := fleet.ec2.get_security_group_from_id(name)):
        return group.vpc_id
    return None


def _denied(service: str, action: str, headers: dict[str, str], query: dict[str, Any], arns: list[str]) -> Response | None:
    """AWS checks every resource of a call; MiniStack checks the first. None when all are allowed."""
    if not app.AUTH:
        return None
    key = extract_access_key_id(headers, query)
    for arn in arns:
        refused = iam_evaluator.enforce(key, action, service, REGION, resource_arn=arn)
        if refused is not None:
            who = getattr(refused, 'principal_arn', '')
            return iam_actions.access_denied_response(service, action, who, '', headers=headers, resource_arn=arn)
    return None


def _alarm_events() -> None:
    """No alarm of MiniStack's reaches EventBridge: send what AWS sends on every change of state."""
    record = cloudwatch._record_history

    def recorded(name: str, old: str, new: str, reason: str, *rest: Any, **more: Any) -> None:
        record(name, old, new, reason, *rest, **more)
        alarm = cloudwatch._alarms.get(name, {})
        moment = datetime.fromtimestamp(time.time(), timezone.utc).strftime('%Y-%m-%dT%H:%M:%S.000+0000')
        detail = {
            'alarmName': name,
            'state': {'value': new, 'reason': reason, 'timestamp': moment},
            'previousState': {'value': old, 'timestamp': moment},
            'configuration': {'description': alarm.get('AlarmDescription', ''), 'metrics': _metrics(alarm)},
        }
        entry = {
            'Source': 'aws.cloudwatch',
            'DetailType': 'CloudWatch Alarm State Change',
            'Detail': json.dumps(detail),
            'Resources': [f'arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{name}'],
        }
        eventbridge._put_events({'Entries': [entry]}, allow_aws_source=True)

    cloudwatch._record_history = recorded


def _metrics(alarm: dict[str, Any]) -> list[dict[str, Any]]:
    if not alarm.get('MetricName'):
        return []
    dimensions = {one['Name']: one['Value'] for one in alarm.get('Dimensions', [])}
    metric = {'namespace': alarm.get('Namespace', ''), 'name': alarm['MetricName'], 'dimensions': dimensions}
    stat = {'metric': metric, 'period': alarm.get('Period', 60), 'stat': alarm.get('Statistic', 'Average')}
    return [{'id': 'm1', 'metricStat': stat, 'returnData': True}]


# Context objects of the tasks that run now: a token is known to the machine that waits for it.
_running_tasks: dict[int, dict[str, Any]] = {}


def _machine_of(token: str | None) -> str:
    """IAM scopes SendTaskSuccess to the state machine of the token; MiniStack takes no resource for it."""
    for context in list(_running_tasks.values()):
        if token is not None and context.get('Task', {}).get('Token') == token:
            return context['StateMachine']['Id']
    return '*'


def _task_time_outs() -> None:
    """TimeoutSeconds of a task may be a JSONata expression; MiniStack takes a number only."""
    execute = stepfunctions._execute_task

    def executed(state: dict[str, Any], raw_input: Any, execution: Any, context: Any) -> Any:
        if isinstance(state.get('TimeoutSeconds'), str):
            seconds = stepfunctions._apply_jsonata_template(state['TimeoutSeconds'], raw_input, context)
            state = {**state, 'TimeoutSeconds': seconds}
        _running_tasks[id(context)] = context
        try:
            return execute(state, raw_input, execution, context)
        finally:
            _running_tasks.pop(id(context), None)

    stepfunctions._execute_task = executed


def _forward_to_moto(service: str, fleet: Fleet, port: int) -> None:
    """EC2 and Auto Scaling are moto's; IAM stays in front of them."""

    def exchange(method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]) -> Response:
        pairs = '&'.join(f'{name}={value}' for name, values in query.items() for value in values)
        connection = HTTPConnection('127.0.0.1', port, timeout=60)
        passed = {name: value for name, value in headers.items() if name not in ('host', 'content-length')}
        passed['host'] = f'{service}.{REGION}.amazonaws.com'  # moto tells services apart by host
        connection.request(method, path + (f'?{pairs}' if pairs else ''), body, passed)
        answer = connection.getresponse()
        kept = {name: value for name, value in answer.getheaders() if name.lower() == 'content-type'}
        return answer.status, kept, answer.read()

    async def handle(method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]) -> Response:
        form = parse_qs(body.decode(errors='replace'))
        action = (form.get('Action') or [''])[0]
        refused = _denied(service, f'{service}:{action}', headers, query, _further(service, action, form))
        if refused is None and action == 'RunInstances' and launches.sets_tags(form):
            refused = _denied(service, 'ec2:CreateTags', headers, query, [_arn('instance', '*')])
        if refused is None and action == 'DescribeInstanceRefreshes':
            answer = fleet.scaling.describe_refreshes((form.get('AutoScalingGroupName') or [''])[0])
            return 200, {'content-type': 'text/xml'}, answer
        return refused or await asyncio.to_thread(exchange, method, path, headers, body, query)

    app.SERVICE_HANDLERS[service] = handle


def _further(service: str, action: str, form: dict[str, list[str]]) -> list[str]:
    """Resources of a call beyond the one MiniStack looks at."""
    if service != 'ec2' or action.startswith('Describe'):
        return []
    if action == 'RunInstances':
        return launches.resources(form, REGION, ACCOUNT)
    further = [_arn('instance', form[f][0]) for f in form if re.fullmatch(r'InstanceId\.([2-9]|\d\d+)', f)]
    if action == 'ModifyNetworkInterfaceAttribute':
        further += [_arn('network-interface', one) for one in form.get('NetworkInterfaceId', [])]
    return further


def _systems_manager(fleet: Fleet, documents: Documents, commands: RunCommand) -> None:
    """Run Command and documents are the lab's; Parameter Store stays MiniStack's."""
    verbs: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
        'SendCommand': commands.send,
        'GetCommandInvocation': commands.get_invocation,
        'ListCommandInvocations': commands.list_invocations,
        'ListCommands': commands.list_commands,
        'CancelCommand': commands.cancel,
        'GetConnectionStatus': commands.connection_status,
        'DescribeInstanceInformation': commands.instance_information,
        'CreateDocument': documents.create,
        'UpdateDocument': documents.update,
        'UpdateDocumentDefaultVersion': documents.update_default,
        'DeleteDocument': documents.delete,
        'DescribeDocument': documents.describe,
        'GetDocument': documents.get,
    }
    others = ssm.handle_request

    async def handle(method: str, path: str, headers: dict[str, str], body: bytes, query: dict[str, Any]) -> Response:
        verb = headers.get('x-amz-target', '').rpartition('.')[2]
        if verb not in verbs:
            return await others(method, path, headers, body, query)
        data = json.loads(body or b'{}')
        arns = [_arn('instance', one) for one in data.get('InstanceIds', [])] if verb == 'SendCommand' else []
        refused = _denied('ssm', 'ssm:SendCommand', headers, query, arns)
        if refused:
            return refused
        try:
            return json_response(verbs[verb](data))
        except Refused as error:
            return error_response_json(error.code, str(error), 400)

    app.SERVICE_HANDLERS['ssm'] = handle


def _security_groups(fleet: Fleet) -> dict[str, Any]:
    """AWS::EC2::SecurityGroup must land in moto's store, where the interfaces are."""

    def create(logical_id: str, props: dict[str, Any], stack_name: str) -> tuple[str, dict[str, Any]]:
        tags = [*props.get('Tags', []), {'Key': 'aws:cloudformation:logical-id', 'Value': logical_id}]
        group = fleet.ec2.create_security_group(
            props.get('GroupName') or f'{stack_name}-{logical_id}-{time.time_ns() % 1_000_000}',
            props['GroupDescription'], props['VpcId'], tags={tag['Key']: tag['Value'] for tag in tags},
        )
        _rules(fleet, group.id, props)
        return group.id, {'GroupId': group.id, 'VpcId': props['VpcId']}

    def update(
        physical_id: str, old: dict[str, Any], new: dict[str, Any], stack_name: str, logical_id: str = ''
    ) -> tuple[str, dict[str, Any]]:
        if (old.get('GroupDescription'), old.get('VpcId')) != (new.get('GroupDescription'), new.get('VpcId')):
            return create(logical_id or physical_id, new, stack_name)
        _rules(fleet, physical_id, new)
        return physical_id, {'GroupId': physical_id, 'VpcId': new['VpcId']}

    def delete(physical_id: str, props: dict[str, Any]) -> None:
        if fleet.ec2.get_security_group_from_id(physical_id):
            fleet.ec2.delete_security_group(group_id=physical_id)

    return {'create': create, 'update': update, 'delete': delete}


def _rules(fleet: Fleet, group_id: str, props: dict[str, Any]) -> None:
    """The template's rules in place of whatever the group has; without egress rules everything may leave, as on AWS."""
    everything = [{'IpProtocol': '-1', 'CidrIp': '0.0.0.0/0'}]
    group = fleet.client.describe_security_groups(GroupIds=[group_id])['SecurityGroups'][0]
    for present, revoke in (
        (group['IpPermissions'], fleet.client.revoke_security_group_ingress),
        (group['IpPermissionsEgress'], fleet.client.revoke_security_group_egress),
    ):
        if present:
            revoke(GroupId=group_id, IpPermissions=present)
    if props.get('SecurityGroupIngress'):
        fleet.client.authorize_security_group_ingress(
            GroupId=group_id, IpPermissions=[_permission(rule) for rule in props['SecurityGroupIngress']]
        )
    fleet.client.authorize_security_group_egress(
        GroupId=group_id, IpPermissions=[_permission(rule) for rule in props.get('SecurityGroupEgress') or everything]
    )


def _permission(rule: dict[str, Any]) -> dict[str, Any]:
    permission: dict[str, Any] = {'IpProtocol': str(rule.get('IpProtocol', '-1'))}
    for port in ('FromPort', 'ToPort'):
        if port in rule:
            permission[port] = int(rule[port])
    if 'CidrIp' in rule:
        permission['IpRanges'] = [{'CidrIp': rule['CidrIp']}]
    peer = rule.get('SourceSecurityGroupId') or rule.get('DestinationSecurityGroupId')
    if peer:
        permission['UserIdGroupPairs'] = [{'GroupId': peer}]
    return permission
