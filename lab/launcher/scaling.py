"""Auto Scaling's processes: moto keeps their names and does what it likes, so that nothing would show what they are for.

As on AWS: a member in service that does not run is marked Unhealthy and stays so (HealthCheck); an unhealthy one is ended
with its disk (ReplaceUnhealthy, Terminate) and replaced (Launch); a suspended process does nothing; Standby below MinSize is
refused, and nobody leaves Standby while Launch is suspended; who is attached makes the group want one more, and no more
than MaxSize.
"""

from __future__ import annotations

import threading
from typing import Any

from moto.autoscaling.exceptions import ValidationError
from moto.autoscaling.models import AutoScalingBackend, FakeAutoScalingGroup, autoscaling_backends

# Held while membership and number are changed together, so that no group acts on one without the other.
_moment = threading.RLock()

NAMESPACE = 'http://autoscaling.amazonaws.com/doc/2011-01-01/'


class Scaling:
    """The groups of one lab."""

    def __init__(self, account: str, region: str, client: Any) -> None:
        self.backend: Any = autoscaling_backends[account][region]
        self.client = client  # of EC2: what is ended through it leaves its group
        self.refreshes: dict[str, str] = {}  # state of the instance refresh by group; moto has none
        _patch()

    def follow(self) -> None:
        """What the groups do by themselves, once."""
        for group in list(self.backend.autoscaling_groups.values()):
            for member in [one for one in group.instance_states if one.lifecycle_state == 'InService']:
                if member.instance.state not in ('running', 'pending') and not suspended(group, 'HealthCheck'):
                    member.health_status = 'Unhealthy'
                if member.health_status == 'Unhealthy' and not suspended(group, 'ReplaceUnhealthy', 'Terminate'):
                    self.client.terminate_instances(InstanceIds=[member.instance.id])
            with _moment:
                if len(group.active_instances()) != group.desired_capacity:
                    group.set_desired_capacity(group.desired_capacity)

    def tags(self, arn: str) -> dict[str, str]:
        """Condition keys of a group: its tags under both names."""
        group = self.backend.autoscaling_groups.get(arn.rpartition('autoScalingGroupName/')[2])
        prefixes = ('aws:resourcetag/', 'autoscaling:resourcetag/')
        return {prefix + tag['Key'].lower(): tag['Value'] for tag in (group.tags if group else []) for prefix in prefixes}

    def group_of(self, instance_id: str) -> str:
        """The group's name, as SetInstanceHealth is checked by."""
        states = self.backend.describe_auto_scaling_instances([instance_id])
        return str(states[0].auto_scaling_group_name) if states else '*'

    def describe_refreshes(self, group: str) -> bytes:
        """DescribeInstanceRefreshes, which moto does not know."""
        status = self.refreshes.get(group)
        refresh = f'<member><AutoScalingGroupName>{group}</AutoScalingGroupName><Status>{status}</Status></member>'
        return (
            f'<DescribeInstanceRefreshesResponse xmlns="{NAMESPACE}"><DescribeInstanceRefreshesResult><InstanceRefreshes>'
            f'{refresh if status else ""}</InstanceRefreshes></DescribeInstanceRefreshesResult>'
            '<ResponseMetadata><RequestId>of-the-lab</RequestId></ResponseMetadata></DescribeInstanceRefreshesResponse>'
        ).encode()


def suspended(group: Any, *processes: str) -> bool:
    """Whether one of the processes is."""
    names = {one['ProcessName'] for one in group.suspended_processes}
    return any(process in names for process in processes)


def _patch() -> None:
    launch = FakeAutoScalingGroup.replace_autoscaling_group_instances
    want = FakeAutoScalingGroup.set_desired_capacity
    enter, leave = AutoScalingBackend.enter_standby_instances, AutoScalingBackend.exit_standby_instances
    attach = AutoScalingBackend.attach_instances

    def launched(self: Any, count: int, tags: dict[str, str]) -> None:
        if not suspended(self, 'Launch'):
            launch(self, count, tags)

    def wanted(self: Any, capacity: int | None) -> None:
        self.desired_capacity = self.min_size if capacity is None else capacity
        if self.desired_capacity < len(self.active_instances()) and suspended(self, 'Terminate'):
            return
        want(self, self.desired_capacity)

    def entered(self: Any, name: str, ids: list[str], decrement: bool) -> Any:
        group = self.autoscaling_groups[name]
        if decrement and group.desired_capacity - len(ids) < group.min_size:
            raise ValidationError(f'AutoScalingGroup {name} has min-size={group.min_size}, so it wants no fewer')
        with _moment:
            return enter(self, name, ids, decrement)

    def left(self: Any, name: str, ids: list[str]) -> Any:
        if suspended(self.autoscaling_groups[name], 'Launch'):
            raise ValidationError(f'AutoScalingGroup {name} takes nobody out of Standby: Launch is suspended')
        with _moment:
            return leave(self, name, ids)

    def attached(self: Any, name: str, ids: list[str]) -> None:
        group = self.autoscaling_groups[name]
        with _moment:
            wants = group.desired_capacity + len(ids)
            if wants > group.max_size:
                raise ValidationError(f'AutoScalingGroup {name} has max-size={group.max_size}, so it takes nobody more')
            attach(self, name, ids)
            group.desired_capacity = wants  # moto counts members in Standby as well

    FakeAutoScalingGroup.replace_autoscaling_group_instances = launched  # type: ignore[method-assign]
    FakeAutoScalingGroup.set_desired_capacity = wanted  # type: ignore[method-assign]
    AutoScalingBackend.enter_standby_instances = entered  # type: ignore[method-assign]
    AutoScalingBackend.exit_standby_instances = left  # type: ignore[method-assign]
    AutoScalingBackend.attach_instances = attached  # type: ignore[method-assign]
