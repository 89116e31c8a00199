"""SSM documents: what CloudFormation and Run Command need of them, with versions and hashes as AWS keeps them.

Only what the lab can really run is accepted (schema 2.2, one aws:runShellScript step): a document that is stored and
then silently does nothing would make a test pass that proves nothing.
"""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass, field
from typing import Any

MAX_BYTES = 64 * 1024


class Refused(Exception):
    """An error as the API names it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass
class Document:
    """One document with every version's text; version n is `versions[n - 1]`."""

    name: str
    versions: list[str] = field(default_factory=list)
    default: int = 1
    created: float = field(default_factory=time.time)

    def number(self, wanted: str | None) -> int:
        """`$DEFAULT`, `$LATEST` or a number, as a number that exists."""
        if wanted in (None, '', '$DEFAULT'):
            return self.default
        if wanted == '$LATEST':
            return len(self.versions)
        if not str(wanted).isdigit() or not 1 <= int(str(wanted)) <= len(self.versions):
            raise Refused('InvalidDocumentVersion', f'The document version is not valid or does not exist: {wanted}')
        return int(str(wanted))

    def hash_of(self, number: int) -> str:
        """Sha256 of the text, as DescribeDocument shows it and SendCommand compares it."""
        return hashlib.sha256(self.versions[number - 1].encode()).hexdigest()

    def describe(self, number: int) -> dict[str, Any]:
        """DescribeDocument's answer."""
        content = json.loads(self.versions[number - 1])
        return {
            'Name': self.name,
            'Hash': self.hash_of(number),
            'HashType': 'Sha256',
            'DocumentVersion': str(number),
            'DefaultVersion': str(self.default),
            'LatestVersion': str(len(self.versions)),
            'DocumentType': 'Command',
            'DocumentFormat': 'JSON',
            'SchemaVersion': content['schemaVersion'],
            'Status': 'Active',
            'PlatformTypes': ['Linux'],
            'CreatedDate': self.created,
            'Description': content.get('description', ''),
            'Parameters': [
                {'Name': name, 'Type': spec['type'], 'Description': spec.get('description', '')}
                for name, spec in content.get('parameters', {}).items()
            ],
        }


class Documents:
    """Every document of the lab."""

    def __init__(self) -> None:
        self._kept: dict[str, Document] = {}

    def find(self, name: str) -> Document:
        """By name or ARN."""
        short = name.rpartition(':document/')[2] if name.startswith('arn:') else name
        if short not in self._kept:
            raise Refused('InvalidDocument', f'Document with name {short} does not exist.')
        return self._kept[short]

    def create(self, data: dict[str, Any]) -> dict[str, Any]:
        name = data['Name']
        if name in self._kept:
            raise Refused('DocumentAlreadyExists', f'Document with same name {name} already exists')
        self._kept[name] = Document(name, [_checked(data['Content'])])
        return {'DocumentDescription': self._kept[name].describe(1)}

    def update(self, data: dict[str, Any]) -> dict[str, Any]:
        document = self.find(data['Name'])
        text = _checked(data['Content'])
        if text in document.versions:
            raise Refused('DuplicateDocumentContent', 'The content of the document matches another version.')
        document.versions.append(text)
        return {'DocumentDescription': document.describe(len(document.versions))}

    def update_default(self, data: dict[str, Any]) -> dict[str, Any]:
        document = self.find(data['Name'])
        document.default = document.number(data['DocumentVersion'])
        return {'Description': {'Name': document.name, 'DefaultVersion': str(document.default)}}

    def delete(self, data: dict[str, Any]) -> dict[str, Any]:
        del self._kept[self.find(data['Name']).name]
        return {}

    def describe(self, data: dict[str, Any]) -> dict[str, Any]:
        document = self.find(data['Name'])
        return {'Document': document.describe(document.number(data.get('DocumentVersion')))}

    def get(self, data: dict[str, Any]) -> dict[str, Any]:
        document = self.find(data['Name'])
        number = document.number(data.get('DocumentVersion'))
        return {
            'Name': document.name,
            'DocumentVersion': str(number),
            'Status': 'Active',
            'Content': document.versions[number - 1],
            'DocumentType': 'Command',
            'DocumentFormat': 'JSON',
        }

    def cloudformation(self) -> dict[str, Any]:
        """Handlers for AWS::SSM::Document. Only `UpdateMethod: NewVersion` updates in place (facts/aws.md)."""

        def create(logical_id: str, props: dict[str, Any], stack_name: str) -> tuple[str, dict[str, Any]]:
            name = props.get('Name') or f'{stack_name}-{logical_id}'
            self.create({'Name': name, 'Content': props['Content']})
            return name, {}

        def update(
            physical_id: str, old: dict[str, Any], new: dict[str, Any], stack_name: str, logical_id: str = ''
        ) -> tuple[str, dict[str, Any]]:
            if new.get('UpdateMethod') != 'NewVersion':
                raise ValueError(f'{physical_id}: UpdateMethod Replace cannot update a document with a fixed name')
            document = self.find(physical_id)
            text = _checked(new['Content'])
            if text != document.versions[document.default - 1]:
                document.versions.append(text)
                document.default = len(document.versions)
            return physical_id, {}

        def delete(physical_id: str, props: dict[str, Any]) -> None:
            self._kept.pop(physical_id, None)

        return {'create': create, 'update': update, 'delete': delete}


def _checked(content: str | dict[str, Any]) -> str:
    text = content if isinstance(content, str) else json.dumps(content, separators=(',', ':'))
    if len(text.encode()) > MAX_BYTES:
        raise Refused('MaxDocumentSizeExceeded', f'The document is larger than {MAX_BYTES} bytes')
    try:
        parsed = json.loads(text)
    except json.JSONDecodeError as wrong:
        raise Refused('InvalidDocumentContent', f'JSON not well-formed: {wrong}') from wrong
    steps = parsed.get('mainSteps', [])
    if parsed.get('schemaVersion') != '2.2' or len(steps) != 1 or steps[0].get('action') != 'aws:runShellScript':
        raise Refused('InvalidDocumentContent', 'the lab runs schema 2.2 with one aws:runShellScript step only')
    return text
