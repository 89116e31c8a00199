"""RunInstances as IAM sees it on AWS: the keys a condition may ask for, and every resource that is checked.

MiniStack checks one resource of a call and knows no key of EC2's own (facts/local-aws.md).
"""

from __future__ import annotations

import re
from contextvars import ContextVar
from typing import Any

Form = dict[str, list[str]]

MADE = ('instance', 'network-interface', 'volume')
NAMED_BY_TEMPLATE = ('image', 'key-pair', 'launch-template', 'placement-group', 'snapshot')
OF_NO_ACCOUNT = ('image', 'snapshot')
TAG = re.compile(r'TagSpecification\.\d+\.Tag\.\d+\.Key$')

# What the call of this moment asks to launch; empty for every other call.
_asked: ContextVar[dict[str, Any]] = ContextVar('asked', default={})


def note(action: str, form: Form, region: str, account: str) -> None:
    """Remembers the keys of a launch for the checks of the same call."""
    _asked.set(_keys(form, region, account) if action == 'RunInstances' else {})


def keys_for(arn: str) -> dict[str, Any]:
    """Condition keys beside the resource's own: of the launch, and whether its template names this resource."""
    asked = _asked.get()
    kind = arn.split(':')[5].split('/')[0] if arn.startswith('arn:aws:ec2:') else ''
    named = 'ec2:launchtemplate' in asked and kind in NAMED_BY_TEMPLATE
    return {**asked, 'ec2:islaunchtemplateresource': 'true'} if named else asked


def resources(form: Form, region: str, account: str) -> list[str]:
    """Everything a launch makes, is put into, and takes from its template."""
    groups = [form[name][0] for name in form if re.search(r'SecurityGroupId\.\d+$', name)]
    subnets = [form[name][0] for name in form if name == 'SubnetId' or name.endswith('.SubnetId')]
    template = form.get('LaunchTemplate.LaunchTemplateId', [])
    return [
        *(_arn(kind, '*', region, account) for kind in MADE),
        *(_arn('security-group', group, region, account) for group in groups),
        *(_arn('subnet', subnet, region, account) for subnet in subnets),
        *(_arn('launch-template', one, region, account) for one in template),
        _arn('image', form.get('ImageId', ['ami-of-the-template'])[0], region, account),
    ]


def sets_tags(form: Form) -> bool:
    """Then AWS asks for ec2:CreateTags as well."""
    return any(TAG.search(name) for name in form)


def _keys(form: Form, region: str, account: str) -> dict[str, Any]:
    tags = {form[name][0]: form[name[: -len('Key')] + 'Value'][0] for name in form if TAG.search(name)}
    template = form.get('LaunchTemplate.LaunchTemplateId')
    return {
        'ec2:createaction': 'RunInstances',
        **{f'aws:requesttag/{key.lower()}': value for key, value in tags.items()},
        **({'ec2:launchtemplate': _arn('launch-template', template[0], region, account)} if template else {}),
    }


def _arn(kind: str, name: str, region: str, account: str) -> str:
    return f'arn:aws:ec2:{region}:{"" if kind in OF_NO_ACCOUNT else account}:{kind}/{name}'
