"""The lab's fleet: EC2's records (moto) and the machines that follow them.

EC2 state drives the machines, never the other way round: running = powered on, stopped = power cut, terminated = the disk
is gone, only quarantine groups = nobody is reached. `impaired` is a state EC2 does not show: running, silent, agent
disconnected.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Callable

from machine import Machine, Power
from moto.ec2.models import ec2_backends
from moto.moto_api._internal import mock_random
from scaling import Scaling

ACCOUNT = '000000000000'
REGION = 'us-east-1'
ZONE = 'us-east-1a'
IMAGE = 'ami-785db401'  # a Linux image of moto's own list, root on /dev/sda1
DKRON_PORTS = (6868, 8946, 8080)
DATA_DEVICE = '/dev/sdf'
EXPECT_TAG = 'lab:bootstrap-expect'  # of a launch template: what its image tells Dkron; the packaged default is 1
NOWHERE = {'255.255.255.255/32'}  # what CDK writes when a group may send nothing
PERIOD_SECONDS = 0.1

log = logging.getLogger('lab.fleet')


@dataclass
class Host:
    """An instance in EC2's records and the machine that follows it."""

    server_id: str
    address: str
    instance_id: str
    machine: Machine = field(repr=False)
    order: dict[str, Any] = field(repr=False)  # what it was made with, and every change since
    booted: bool = False  # first boot ordered; keeps first starts staggered (facts/dkron.md 11)
    impaired: bool = False
    hangs: bool = False  # impaired until its power is off
    wanted: Power = 'off'  # as EC2's records wanted it last; its machine came as near as it can

    @property
    def directory(self) -> Path:
        """Of its machine."""
        return self.machine.directory

    @property
    def applied(self) -> Power:
        """Where its machine is."""
        return self.machine.power


class Fleet:
    """Every host of one lab, with the thread that makes hosts follow EC2."""

    def __init__(self, directory: Path, make: Callable[[Path], Machine], client: Any) -> None:
        self.directory = directory
        self.client = client
        self._make = make
        self.hosts: dict[str, Host] = {}
        self._lock = threading.RLock()
        self._ending = threading.Event()
        self.ec2: Any = ec2_backends[ACCOUNT][REGION]
        self.scaling = Scaling(ACCOUNT, REGION, client)

    def make_network(self, prefix: str) -> dict[str, Any]:
        """VPC and subnet with the same ids in every lab, so that one synthesised app serves them all."""
        mock_random.seed('requorum')
        vpc_id = self.client.create_vpc(CidrBlock=f'{prefix}.0.0/16')['Vpc']['VpcId']
        made = self.client.create_subnet(VpcId=vpc_id, CidrBlock=f'{prefix}.0.0/24', AvailabilityZone=ZONE)
        mock_random.seed(f'{self.directory} {time.time_ns()}')
        return {'vpcId': vpc_id, 'subnetIds': [made['Subnet']['SubnetId']], 'availabilityZones': [ZONE]}

    def add(self, order: dict[str, Any], subnet_id: str) -> Host:
        """A new instance with its own disk, tagged as an operator would; powered on by `boot`."""
        machine = self._make(self._directory_for(order))
        tags = {'Name': order['serverId'], **machine.tags(), **order.get('tags', {})}
        disks = [
            {'DeviceName': device, 'Ebs': {'VolumeSize': 8, 'DeleteOnTermination': True}}
            for device in ('/dev/sda1', DATA_DEVICE)
        ]
        with self._lock:  # nobody adopts it meanwhile
            made = self.client.run_instances(
                ImageId=IMAGE, MinCount=1, MaxCount=1, InstanceType='t3.small', SubnetId=subnet_id,
                PrivateIpAddress=order['address'], BlockDeviceMappings=disks,
                TagSpecifications=[
                    {'ResourceType': 'instance', 'Tags': [{'Key': key, 'Value': value} for key, value in tags.items()]}
                ],
            )
            host = Host(order['serverId'], order['address'], made['Instances'][0]['InstanceId'], machine, order)
            self.configure(host)
            self.hosts[host.instance_id] = host
        return host

    def make_template(self, subnet_id: str, expect: int) -> str:
        """The launch template that the operator of this cluster would have; with the same id in every lab."""
        there = self.client.describe_launch_templates()['LaunchTemplates']
        if there:
            return str(there[0]['LaunchTemplateId'])
        vpc_id = self.client.describe_subnets(SubnetIds=[subnet_id])['Subnets'][0]['VpcId']
        groups = self.client.describe_security_groups(Filters=[{'Name': 'vpc-id', 'Values': [vpc_id]}])['SecurityGroups']
        default = next(group['GroupId'] for group in groups if group['GroupName'] == 'default')
        data = {
            'ImageId': IMAGE,
            'InstanceType': 't3.small',
            'SecurityGroupIds': [default],
            'BlockDeviceMappings': [
                {'DeviceName': DATA_DEVICE, 'Ebs': {'VolumeSize': 8, 'DeleteOnTermination': True}}
            ],
            'TagSpecifications': [
                {'ResourceType': 'instance', 'Tags': [{'Key': EXPECT_TAG, 'Value': str(expect)}]}
            ],
        }
        mock_random.seed('requorum template')
        made = self.client.create_launch_template(LaunchTemplateName='dkron-server', LaunchTemplateData=data)
        mock_random.seed(f'{self.directory} {time.time_ns()}')
        return str(made['LaunchTemplate']['LaunchTemplateId'])

    def adopt(self) -> None:
        """Instances of the selector that somebody else launched become machines, as their image would make them."""
        with self._lock:
            selector = next((host.order.get('tags', {}) for host in self.hosts.values()), {})
            strangers = [one for one in self.ec2.all_instances() if one.id not in self.hosts and one.state == 'running']
            for instance in strangers:
                tags = {tag['key']: tag['value'] for tag in instance.get_tags()}
                if selector and selector.items() <= tags.items():
                    self._adopt(instance.id, instance.private_ip, tags)

    def _adopt(self, instance_id: str, address: str, tags: dict[str, str]) -> None:
        """It joins the addresses that the lab began with, and calls itself by its Name tag or by its address."""
        first = next(host.order for host in self.hosts.values())
        order = {
            'serverId': tags.get('Name') or f'ip-{address.replace(".", "-")}',
            'address': address,
            'join': first['join'],
            'expect': int(tags.get(EXPECT_TAG, '0')),
            'layout': first.get('layout', 'packaged'),
        }
        machine = self._make(self._directory_for(order))
        if ours := machine.tags():
            tagged = [{'Key': key, 'Value': value} for key, value in ours.items()]
            self.client.create_tags(Resources=[instance_id], Tags=tagged)
        host = Host(order['serverId'], address, instance_id, machine, order, booted=True)
        self.configure(host)
        self.hosts[instance_id] = host

    def configure(self, host: Host) -> None:
        """Writes its files anew; Dkron reads them when it starts next."""
        host.machine.install(host.address, host.order.get('nodeName', host.server_id), host.order)

    def _directory_for(self, order: dict[str, Any]) -> Path:
        """Named like the server; a replacement is made while the old one is still there."""
        named = self.directory / order['serverId']
        taken = {host.directory for host in list(self.hosts.values()) if host.applied != 'gone'}
        return named if named not in taken else Path(f'{named}-{order["address"].rpartition(".")[2]}')

    def boot(self, instance_id: str) -> None:
        """Orders the first power-on; from then on EC2's state decides."""
        self.hosts[instance_id].booted = True
        self.follow(self.hosts[instance_id])

    def reset(self, instance_id: str) -> None:
        """Back to before the first boot, with an empty disk."""
        host = self.hosts[instance_id]
        with self._lock:
            host.booted = False
            self.follow(host)
            host.machine.empty_disk()

    def impair(self, instance_id: str, impaired: bool) -> None:
        """Running and silent, or the end of that."""
        host = self.hosts[instance_id]
        host.impaired = impaired
        self.follow(host)

    def hang(self, instance_id: str) -> None:
        """Running and silent until its power is off: what a power-cycle heals."""
        host = self.hosts[instance_id]
        host.hangs = True
        self.follow(host)

    def connected(self, instance_id: str) -> bool:
        """Whether the host's agent hears commands: a quarantined host still has its way out to Systems Manager."""
        host = self.hosts.get(instance_id)
        return host is not None and host.machine.hears()

    def instance(self, instance_id: str) -> Any:
        """EC2's record, or None when there never was one."""
        return self.ec2.get_instance_by_id(instance_id)

    def describe(self) -> list[dict[str, Any]]:
        """What the lab's own commands show."""
        return [
            {
                'serverId': host.server_id,
                'address': host.address,
                'instanceId': host.instance_id,
                'dir': str(host.directory),
                'dataDir': str(host.directory / 'data'),
                'ec2': self.instance(host.instance_id).state,
                'power': host.applied,
                'impaired': host.impaired,
                'log': host.machine.log_command(),
            }
            for host in list(self.hosts.values())
        ]

    def start(self) -> None:
        """Starts the thread that makes hosts follow EC2."""
        threading.Thread(target=self._run, name='lab-reconciler', daemon=True).start()

    def end(self) -> None:
        """Pulls every plug."""
        self._ending.set()
        with self._lock:
            for host in self.hosts.values():
                host.machine.end()

    def _run(self) -> None:
        while not self._ending.wait(PERIOD_SECONDS):
            try:
                self.scaling.follow()
                self.adopt()
            except Exception:
                log.exception('a launched instance is no machine')
            for host in list(self.hosts.values()):
                try:
                    self.follow(host)
                except Exception:
                    log.exception('%s does not follow EC2', host.server_id)

    def _wanted(self, host: Host) -> Power:
        state = self.instance(host.instance_id).state
        if state in ('terminated', 'shutting-down'):
            return 'gone'
        if state != 'running' or not host.booted:
            return 'off'
        if host.impaired or host.hangs:
            return 'frozen'
        return 'cut' if self._quarantined(host) else 'on'

    def _quarantined(self, host: Host) -> bool:
        groups = [group for nic in self.instance(host.instance_id).nics.values() for group in nic.group_set]
        return bool(groups) and not any(_lets_through(group) for group in groups)

    def follow(self, host: Host) -> None:
        """Brings one host to where EC2's records want it."""
        with self._lock:
            wanted = self._wanted(host)
            if wanted == host.wanted or self._ending.is_set():
                return
            log.info('%s: %s -> %s', host.server_id, host.applied, wanted)
            host.machine.bring(wanted)
            host.wanted = wanted
            host.hangs = host.hangs and wanted != 'off'
            if wanted == 'gone':
                self._drop_interfaces(host)

    def _drop_interfaces(self, host: Host) -> None:
        """AWS deletes the primary interface with its instance and frees its address; moto keeps both for ever."""
        for nic in list(self.instance(host.instance_id).nics.values()):
            self.ec2.enis.pop(nic.id, None)
            nic.subnet.del_subnet_ip(host.address)


def _lets_through(group: Any) -> bool:
    """Whether Dkron's traffic passes in any direction; a way out to HTTPS alone is no way for it."""
    return bool(group.ingress_rules) or any(_carries_dkron(rule) for rule in group.egress_rules)


def _carries_dkron(rule: Any) -> bool:
    if not rule.source_group and set(rule.ip_range.values()) <= NOWHERE:
        return False
    if rule.from_port is None or rule.to_port is None:
        return True
    return any(rule.from_port <= port <= rule.to_port for port in DKRON_PORTS)
