"""What of the pinned packages the launcher leans on, in one place, checked before anything is patched.

MiniStack and moto are patched by name. A new version may move a name silently, and a lab that quietly lacks a patch
proves nothing: so a changed version or a missing name ends the launcher at once, with the name.
"""

from __future__ import annotations

import importlib
from importlib.metadata import version

PINNED = {'ministack': '1.5.33', 'moto': '5.2.5', 'supervisor': '4.3.0'}

# (module, attribute): each one is replaced, wrapped or called by the launcher.
NAMES = (
    ('ministack.app', 'SERVICE_HANDLERS'),
    ('ministack.app', 'app'),
    ('ministack.app', 'main'),
    ('ministack.core.iam_actions', 'access_denied_response'),
    ('ministack.core.iam_actions', 'extract_resource_arn'),
    ('ministack.core.iam_evaluator', 'AuthError'),
    ('ministack.core.iam_evaluator', 'EvalContext.secure_transport'),
    ('ministack.core.iam_evaluator', '_resolve_condition_key'),
    ('ministack.core.iam_evaluator', 'enforce'),
    ('ministack.core.responses', 'error_response_json'),
    ('ministack.core.responses', 'json_response'),
    ('ministack.core.router', 'extract_access_key_id'),
    ('ministack.services.apigateway', '_HOST'),
    ('ministack.services.cloudformation.provisioners', '_RESOURCE_HANDLERS'),
    ('ministack.services.cloudwatch', '_alarms'),
    ('ministack.services.cloudwatch', '_record_history'),
    ('ministack.services.eventbridge', '_put_events'),
    ('ministack.services.ssm', 'handle_request'),
    ('ministack.services.stepfunctions', '_apply_jsonata_template'),
    ('ministack.services.stepfunctions', '_emit_execution_status_event'),
    ('ministack.services.stepfunctions', '_execute_task'),
    ('moto.autoscaling.exceptions', 'ValidationError'),
    ('moto.autoscaling.models', 'AutoScalingBackend.describe_auto_scaling_instances'),
    ('moto.autoscaling.models', 'AutoScalingBackend.attach_instances'),
    ('moto.autoscaling.models', 'AutoScalingBackend.enter_standby_instances'),
    ('moto.autoscaling.models', 'AutoScalingBackend.exit_standby_instances'),
    ('moto.autoscaling.models', 'FakeAutoScalingGroup.active_instances'),
    ('moto.autoscaling.models', 'FakeAutoScalingGroup.replace_autoscaling_group_instances'),
    ('moto.autoscaling.models', 'FakeAutoScalingGroup.set_desired_capacity'),
    ('moto.autoscaling.models', 'autoscaling_backends'),
    ('moto.ec2.models', 'ec2_backends'),
    ('moto.ec2.models.instances', 'InstanceBackend.all_instances'),
    ('moto.moto_api._internal', 'mock_random'),
    ('moto.server', 'ThreadedMotoServer'),
    ('supervisor.xmlrpc', 'SupervisorTransport'),
)


class PinBroken(RuntimeError):
    """A pinned package is not what the launcher was written against."""


def check() -> None:
    """Raises PinBroken with every difference found."""
    wrong = [f'{name} {version(name)} is installed, {pinned} is expected'
             for name, pinned in PINNED.items() if version(name) != pinned]
    wrong += [f'{module}.{attribute} is missing' for module, attribute in NAMES if not _exists(module, attribute)]
    if wrong:
        raise PinBroken('; '.join(wrong))


def _exists(module: str, attribute: str) -> bool:
    found: object = importlib.import_module(module)
    for part in attribute.split('.'):
        fields = getattr(found, '__dataclass_fields__', {})
        if not hasattr(found, part) and part not in fields:
            return False
        found = getattr(found, part, None)
    return True


if __name__ == '__main__':
    check()
    print('pins hold')
