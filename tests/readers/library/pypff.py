"""A stand-in for libpff, for the tests: the mailbox is JSON, and it misbehaves where that says so.

Behind 512 bytes of head stands `{"folders": [...], "orphans": [...], "do": "..."}`; a folder has
`name`, `items`, `folders`; an item `values`, `people`, `files`. `do` anywhere is what happens
instead: `crash`, `hang`, `fail`, `print`, `eat`.
"""

from __future__ import annotations

import base64
import ctypes
import json
import os
import time
from typing import Any, TypeAlias

Node: TypeAlias = Any
"""What stands in the JSON, or in for libpff's own."""
HEAD_BYTES = 512


def _do(node: dict[str, Node]) -> None:
    what = node.get("do")
    if what == "crash":
        ctypes.string_at(0)
    elif what == "hang":
        time.sleep(600)
    elif what == "fail":
        raise OSError("libpff: unable to do this")
    elif what == "print":
        os.write(1, b"printed by C\n")
    elif what == "eat":
        bytearray(4 << 30)


class file:  # noqa: N801 - libpff's own name
    def open_file_object(self, stream: Node) -> None:
        stream.seek(HEAD_BYTES, 0)
        self.root = json.loads(stream.read())
        if self.root.get("seek"):
            stream.seek(-4, 2)
            assert stream.read(100) == b"    "
            assert stream.tell() == stream.get_size() == stream.get_offset()
        _do(self.root)

    def get_message_store(self) -> Node:
        return _Node(self.root.get("store", {}))

    def get_root_folder(self) -> Node:
        return _Folder(self.root)

    def get_number_of_orphan_items(self) -> int:
        return len(self.root.get("orphans", []))

    def get_orphan_item(self, index: int) -> Node:
        return _Item(self.root["orphans"][index])


class _Node:
    def __init__(self, node: dict[str, Node]) -> None:
        _do({} if node.get("name") == "" else node)
        self.node = node

    def get_identifier(self) -> int:
        return int(self.node["id"])

    def get_record_set(self, index: int) -> Node:
        assert index == 0
        return _Record(self.node.get("values", {}))


class _Record:
    def __init__(self, values: dict[str, Node]) -> None:
        self.values = list(values.items())

    def get_number_of_entries(self) -> int:
        return len(self.values)

    def get_entry(self, index: int) -> Node:
        number, value = self.values[index]
        return _Entry(int(number), value)


class _Entry:
    def __init__(self, number: int, value: Node) -> None:
        self.number, self.value = number, value

    def get_entry_type(self) -> int:
        return self.number

    def get_value_type(self) -> int:
        return {str: 0x1F, int: 0x03, list: 0x102}[type(self.value)]

    def get_data(self) -> bytes:
        if isinstance(self.value, str):
            return self.value.encode("utf-16-le")
        if isinstance(self.value, int):
            return self.value.to_bytes(4, "little")
        return base64.b64decode(self.value[0])


class _Folder(_Node):
    def get_name(self) -> str | None:
        return self.node.get("name")

    def get_number_of_sub_messages(self) -> int:
        return int(self.node.get("count", len(self.node.get("items", []))))

    def get_sub_message(self, index: int) -> Node:
        return _Item(self.node["items"][index])

    def get_number_of_sub_folders(self) -> int:
        return len(self.node.get("folders", []))

    def get_sub_folder(self, index: int) -> Node:
        return _Folder(self.node["folders"][index])


class _Item(_Node):
    @property
    def recipients(self) -> Node:
        return _People(self.node.get("people", []))

    @property
    def number_of_attachments(self) -> int:
        return len(self.node.get("files", []))

    def get_attachment(self, index: int) -> Node:
        return _File(self.node["files"][index])


class _People:
    def __init__(self, people: list[dict[str, Node]]) -> None:
        self.people = people

    def get_number_of_recipients(self) -> int:
        return len(self.people)

    def get_recipient(self, index: int) -> Node:
        return _Record(self.people[index])


class _File(_Node):
    def __init__(self, node: dict[str, Node]) -> None:
        super().__init__(node)
        self.data = base64.b64decode(node.get("data", ""))

    def get_size(self) -> int:
        return int(self.node.get("size", len(self.data)))

    def read_buffer(self, size: int) -> bytes:
        found, self.data = self.data[:size], self.data[size:]
        return found
