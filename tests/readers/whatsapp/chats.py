"""Chats of invented people, as phones write them."""

from __future__ import annotations

import io
import zipfile

ANDROID = """\
28/09/24, 9:00\u202fpm - Messages and calls are end-to-end encrypted. Only people in this chat can \
read, listen to, or share them.
28/09/24, 9:01\u202fpm - Ravi: I saw you today.
You wore the blue scarf.
28/09/24, 9:02\u202fpm - Asha: Do not write to me again.
29/09/24, 7:15\u202fam - Ravi: IMG-20240929-WA0001.jpg (file attached)
at your door
29/09/24, 7:16\u202fam - Ravi: <Media omitted>
29/09/24, 7:17\u202fam - Ravi: This message was deleted
29/09/24, 7:18\u202fam - Ravi: I know where you work <This message was edited>
29/09/24, 7:19\u202fam - Ravi: location: https://maps.google.com/?q=12.9716,77.5946
29/09/24, 7:20\u202fam - Missed voice call
29/09/24, 7:21\u202fam - Ravi: POLL:
Will you talk?
OPTION: Yes (1 vote)
29/09/24, 7:22\u202fam - Ravi changed the subject from "a: b" to "c: d"
29/09/24, 7:23\u202fam - Ravi:
""".encode()

IPHONE = (
    "[28/09/24, 21:00:05] Ravi: \u200eMessages and calls are end-to-end encrypted.\r\n"
    "[28/09/24, 21:01:07] Ravi: I saw you today.\nYou wore the blue scarf.\r\n"
    "[28/09/24, 21:02:00] Asha: Look what he sent:\n"
    "[28/09/24, 21:01:30] Asha: I love you\n"
    "and more\r\n"
    "\u200e[29/09/24, 07:15:00] Ravi: \u200e<attached: 00000004-PHOTO-2024-09-29-07-15-00.jpg>\r\n"
    "\u200e[29/09/24, 07:16:00] Ravi: \u200eimage omitted\r\n"
    "[29/09/24, 07:17:00] Ravi: \u200eThis message was deleted.\r\n"
    "[29/09/24, 07:18:00] Ravi: Plan.pdf \u2022 \u200e2 pages \u200edocument omitted\r\n"
    "[29/09/24, 07:19:00] Ravi: \u200eMissed voice call\r\n"
    "[29/09/24, 07:20:00] Ravi: \u200eVideo call, \u200e5 min\r\n"
    "[29/09/24, 07:21:00] \u202a+91\u00a098765\u00a000000\u202c: who is this\r\n"
).encode()

PHOTO = b"\xff\xd8\xff\xe0 not a photo"


def zipped(files: dict[str, bytes]) -> bytes:
    """A zip of these files, in this order."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for name, data in files.items():
            info = zipfile.ZipInfo(name, (2026, 10, 1, 8, 0, 0))
            made.writestr(info, data, zipfile.ZIP_DEFLATED)
    return out.getvalue()
