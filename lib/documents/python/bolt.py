"""raft.db is a bolt file holding msgpack. Read in place, without a lock, on a running server too (facts/dkron 3)."""
import os
import struct

BOLT_MAGIC = 0xED0CDAED
BRANCH_OR_LEAF = 3


class Torn(Exception):
    """The pages do not fit together: a write came between, or the file is damaged."""

    pass


class Foreign(Exception):
    """No bolt file at all."""

    pass


def fnv64(data):
    value = 0xCBF29CE484222325
    for byte in data:
        value = ((value ^ byte) * 0x100000001B3) & 0xFFFFFFFFFFFFFFFF
    return value


class Bolt:
    """One consistent look: the newest valid meta page, and the tree below it."""

    def __init__(self, fd):
        self.fd = fd
        self.size, self.root, self.transaction = self.newest_meta()

    def newest_meta(self):
        for size in (4096, 8192, 16384, 32768, 65536):
            found = [meta for meta in (self.meta_at(0, size), self.meta_at(size, size)) if meta]
            if found:
                return max(found, key=lambda meta: meta[2])
        raise Foreign('no valid bolt meta page')

    def meta_at(self, offset, size):
        meta = os.pread(self.fd, 80, offset)[16:]
        if len(meta) < 64:
            return None
        magic, version, page_size, _ = struct.unpack_from('<IIII', meta, 0)
        root, _, _, _, transaction, checksum = struct.unpack_from('<QQQQQQ', meta, 16)
        if magic != BOLT_MAGIC or version != 2 or page_size != size:
            return None
        if checksum and checksum != fnv64(meta[:56]):
            return None
        return size, root, transaction

    def page(self, number):
        header = os.pread(self.fd, 16, number * self.size)
        if len(header) < 16:
            raise Torn('page %d is beyond the end' % number)
        own_number, flags, _, overflow = struct.unpack('<QHHI', header)
        if own_number != number or not flags & BRANCH_OR_LEAF:
            raise Torn('page %d is torn' % number)
        data = os.pread(self.fd, (overflow + 1) * self.size, number * self.size)
        if len(data) != (overflow + 1) * self.size:
            raise Torn('page %d is cut short' % number)
        return data

    def walk(self, page, depth=0):
        if depth > 32:
            raise Torn('a loop of branch pages')
        _, flags, count, _ = struct.unpack_from('<QHHI', page, 0)
        for at in range(16, 16 + 16 * count, 16):
            if flags & 1:
                _, _, child = struct.unpack_from('<IIQ', page, at)
                for item in self.walk(self.page(child), depth + 1):
                    yield item
            else:
                kind, position, key_size, value_size = struct.unpack_from('<IIII', page, at)
                start = at + position
                middle = start + key_size
                if middle + value_size > len(page):
                    raise Torn('an item is cut short')
                yield kind, page[start:middle], page[middle : middle + value_size]

    def bucket(self, name):
        for kind, key, value in self.walk(self.page(self.root)):
            if kind & 1 and key == name:
                root = struct.unpack_from('<Q', value, 0)[0]
                return [(k, v) for _, k, v in self.walk(self.page(root) if root else value[16:])]
        raise Torn('no bucket ' + name.decode())


def unpack(data, at=0):
    """One msgpack value and where the next begins. Times and floats are skipped: nothing here depends on them."""
    tag = data[at]
    at += 1
    if tag < 0x80:
        return tag, at
    if tag < 0x90:
        return unpack_map(data, at, tag & 15)
    if tag < 0xA0:
        return unpack_list(data, at, tag & 15)
    if tag < 0xC0:
        return unpack_bytes(data, at, tag & 31)
    if tag >= 0xE0:
        return tag - 256, at
    if tag == 0xC0:
        return None, at
    if tag in (0xC2, 0xC3):
        return tag == 0xC3, at
    if 0xC4 <= tag <= 0xC6 or 0xD9 <= tag <= 0xDB:
        width = 1 << (tag - (0xC4 if tag <= 0xC6 else 0xD9))
        return unpack_bytes(data, at + width, int.from_bytes(data[at : at + width], 'big'))
    if 0xC7 <= tag <= 0xC9:
        width = 1 << (tag - 0xC7)
        return None, at + width + 1 + int.from_bytes(data[at : at + width], 'big')
    if tag in (0xCA, 0xCB):
        return None, at + (4 if tag == 0xCA else 8)
    if 0xCC <= tag <= 0xD3:
        width = 1 << ((tag - 0xCC) & 3)
        return int.from_bytes(data[at : at + width], 'big', signed=tag >= 0xD0), at + width
    if 0xD4 <= tag <= 0xD8:
        return None, at + 1 + (1 << (tag - 0xD4))
    if tag in (0xDC, 0xDD, 0xDE, 0xDF):
        width = 2 if tag in (0xDC, 0xDE) else 4
        count = int.from_bytes(data[at : at + width], 'big')
        return (unpack_list if tag < 0xDE else unpack_map)(data, at + width, count)
    raise Torn('msgpack 0x%x' % tag)


def unpack_bytes(data, at, size):
    if at + size > len(data):
        raise Torn('a string is cut short')
    return data[at : at + size], at + size


def unpack_list(data, at, count):
    found = []
    for _ in range(count):
        value, at = unpack(data, at)
        found.append(value)
    return found, at


def unpack_map(data, at, count):
    found = dict()
    for _ in range(count):
        key, at = unpack(data, at)
        found[key.decode() if isinstance(key, bytes) else key], at = unpack(data, at)
    return found, at
