"""What short texts and numbers on the wire must look like. Byte strings are unpadded base64url of so many bytes."""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta

B8 = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_-]{11}\Z")]
B16 = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_-]{22}\Z")]
B32 = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_-]{43}\Z")]
B64 = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_-]{86}\Z")]
Box = Annotated[str, Meta(pattern=r"\A[A-Za-z0-9_-]{151}\Z")]
Day = Annotated[str, Meta(pattern=r"\A\d{4}-\d\d-\d\d\Z")]
Short = Annotated[str, Meta(max_length=20)]
Count = Annotated[int, Meta(ge=0, le=2**31)]
Seq = Annotated[int, Meta(ge=0, le=2**53)]
