"""Ways to break a cluster that leave its hosts in EC2: the service, the disk, the configuration, the address."""

from __future__ import annotations

from typing import Any

from fleet import DATA_DEVICE, Fleet, Host


def stop_dkron(fleet: Fleet, instance_id: str) -> None:
    """By its service manager, as an operator would. The next power-on starts it again."""
    _host(fleet, instance_id, 'on', 'cut').machine.stop_dkron()


def start_dkron(fleet: Fleet, instance_id: str) -> None:
    _host(fleet, instance_id, 'on', 'cut').machine.start_dkron()


def wipe(fleet: Fleet, instance_id: str) -> None:
    """An empty disk; on a host that is on, Dkron is stopped first and stays stopped."""
    host = _host(fleet, instance_id, 'on', 'cut', 'off')
    if host.applied != 'off':
        host.machine.stop_dkron()
    host.machine.empty_disk()


def configure(fleet: Fleet, instance_id: str, change: dict[str, Any]) -> None:
    """Some of join, expect and nodeName anew; the rest as before."""
    host = _host(fleet, instance_id, 'on', 'cut', 'off', 'frozen')
    host.order = {**host.order, **change}
    fleet.configure(host)


def move(fleet: Fleet, instance_id: str, change: dict[str, Any], subnet_id: str) -> Host:
    """The instance is replaced by one with another address, which gets its data volume. Dkron runs there after `boot`."""
    old = _host(fleet, instance_id, 'on', 'cut', 'off', 'frozen')
    fleet.client.stop_instances(InstanceIds=[instance_id])
    fleet.follow(old)
    new = fleet.add({**old.order, **change}, subnet_id)
    _hand_over_data_volume(fleet.client, instance_id, new.instance_id)
    old.machine.give_disk(new.machine)
    fleet.client.terminate_instances(InstanceIds=[instance_id])
    fleet.follow(old)
    return new


def _hand_over_data_volume(client: Any, old: str, new: str) -> None:
    """The volume keeps its id, and as before it goes with the instance that has it."""
    moved, dropped = _data_volume(client, old), _data_volume(client, new)
    client.detach_volume(VolumeId=dropped, InstanceId=new, Device=DATA_DEVICE)
    client.delete_volume(VolumeId=dropped)
    client.detach_volume(VolumeId=moved, InstanceId=old, Device=DATA_DEVICE)
    client.attach_volume(VolumeId=moved, InstanceId=new, Device=DATA_DEVICE)
    goes_along = {'DeviceName': DATA_DEVICE, 'Ebs': {'DeleteOnTermination': True}}
    client.modify_instance_attribute(InstanceId=new, BlockDeviceMappings=[goes_along])


def _data_volume(client: Any, instance_id: str) -> str:
    told = client.describe_instances(InstanceIds=[instance_id])['Reservations'][0]['Instances'][0]
    return next(one['Ebs']['VolumeId'] for one in told['BlockDeviceMappings'] if one['DeviceName'] == DATA_DEVICE)


def _host(fleet: Fleet, instance_id: str, *powers: str) -> Host:
    host = fleet.hosts[instance_id]
    if host.applied not in powers:
        raise RuntimeError(f'{host.server_id} is {host.applied}; this takes one that is {" or ".join(powers)}')
    return host
