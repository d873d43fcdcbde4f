"""Pydantic models and types as authors write them, and values to hold against them."""

import collections
import datetime
import decimal
import enum
import ipaddress
import pathlib
import uuid
from typing import Annotated, Any, DefaultDict, Dict, FrozenSet, Iterable, List, Literal, NamedTuple, Optional, Sequence
from typing import Set, Tuple, Union

from pydantic import (
    AfterValidator,
    AliasChoices,
    AliasPath,
    AnyUrl,
    BaseModel,
    BeforeValidator,
    ByteSize,
    ConfigDict,
    Field,
    HttpUrl,
    Json,
    PlainValidator,
    RootModel,
    SecretStr,
    StrictInt,
    StrictStr,
    WithJsonSchema,
    WrapValidator,
    conint,
    conlist,
    conset,
    constr,
    create_model,
    field_validator,
    model_validator,
)
from pydantic.dataclasses import dataclass


class Colour(str, enum.Enum):
    RED = "a"
    BLUE = "b"


class Size(enum.IntEnum):
    SMALL = 1
    LARGE = 2


class Plain(BaseModel):
    a: int


class Closed(BaseModel):
    model_config = ConfigDict(extra="forbid")
    a: int


class Strict(BaseModel):
    model_config = ConfigDict(strict=True)
    a: int
    b: str = "x"


class Aliased(BaseModel):
    a: int = Field(alias="ab")


class ByName(BaseModel):
    model_config = ConfigDict(populate_by_name=True)
    a: int = Field(alias="ab")


class Choices(BaseModel):
    a: int = Field(validation_alias=AliasChoices("a", "b"))


class Path(BaseModel):
    a: int = Field(validation_alias=AliasPath("a", "b"))


class Before(BaseModel):
    a: int

    @model_validator(mode="before")
    @classmethod
    def fill(cls, value):
        return {"a": 1, **value} if isinstance(value, dict) else {"a": 1}


class After(BaseModel):
    a: int
    b: int = 2

    @model_validator(mode="after")
    def differ(self):
        if self.a == self.b:
            raise ValueError("same")
        return self


class Mended(BaseModel):
    a: int

    @field_validator("a", mode="before")
    @classmethod
    def mend(cls, value):
        return 1 if value is None else value


class Inside(BaseModel):
    a: Annotated[List[Annotated[int, BeforeValidator(lambda value: value or 0)]], Field(min_length=1)]


class Stripped(BaseModel):
    model_config = ConfigDict(str_strip_whitespace=True, str_min_length=2, str_max_length=3)
    a: str


class Coerced(BaseModel):
    model_config = ConfigDict(coerce_numbers_to_str=True)
    a: str


class Tree(BaseModel):
    name: str
    kids: List["Tree"] = []


class Cat(BaseModel):
    t: Literal["a"]
    n: int


class Dog(BaseModel):
    t: Literal["b"]


class Pets(BaseModel):
    a: Union[Cat, Dog] = Field(discriminator="t")


class Listed(RootModel[List[int]]):
    pass


class OwnInit(BaseModel):
    a: int

    def __init__(self, **given):
        super().__init__(a=given["a"] if isinstance(given.get("a"), int) else 1)


class Maybe(BaseModel):
    a: Optional[int] = None
    b: Optional[str]


@dataclass
class Data:
    a: int
    b: str = "x"


class Pair(NamedTuple):
    a: int


TYPES = [
    int, float, bool, str, bytes, decimal.Decimal, datetime.datetime, datetime.date, datetime.time, datetime.timedelta,
    uuid.UUID, Colour, Size, Literal["a", "b"], Literal[1, "a", True], List[int], Set[int], FrozenSet[str],
    Tuple[int, str], Tuple[int, ...], Dict[str, int], Dict[int, str], Dict[Colour, int], Optional[int],
    Union[int, str], Union[Plain, List[int]], Any, Iterable[int], Sequence[int], collections.deque,
    DefaultDict[str, int], ipaddress.IPv4Address, pathlib.Path, AnyUrl, HttpUrl, SecretStr, Json, Json[List[int]],
    conint(ge=1, le=3), constr(strip_whitespace=True, min_length=2, max_length=3),
    constr(to_lower=True, pattern="^[a-z]+$"), constr(pattern=r"^\d+$"), conlist(int, min_length=1, max_length=2),
    conset(int, min_length=1), StrictInt, StrictStr, ByteSize, Pair, Data, None,
    Annotated[int, AfterValidator(lambda value: value)], Annotated[int, PlainValidator(lambda value: value)],
    Annotated[int, WrapValidator(lambda value, _next: 1)], Annotated[int, WithJsonSchema({"type": "boolean"})],
]  # fmt: skip
MODELS = [
    Plain, Closed, Strict, Aliased, ByName, Choices, Path, Before, After, Mended, Inside, Stripped, Coerced, Tree, Pets,
    Listed, OwnInit, Maybe, Data, List[Plain], Optional[Plain], Dict[str, Plain], List[Tree], Union[Plain, Closed],
    Tuple[Plain, int],
]  # fmt: skip
WRAPPED = [create_model(f"Wrapped{number}", a=(kind, ...)) for number, kind in enumerate(TYPES)]
SCHEMAS = [*MODELS, *WRAPPED]

PARTS = [
    "", "a", "b", "ab", "abc", "  a ", " abcd ", "ABC", "1", "1.0", "5", "0.5", "true", "on", "2020-01-01",
    "2020-01-01T00:00:00Z", "12:30", "P1D", "550e8400-e29b-41d4-a716-446655440000", "1.2.3.4", "http://a.b",
    "{550e8400e29b41d4a716446655440000}", " http://a.b/ c", "[1,2]", "٣", "1e3", "😀", "YQ==", "1KB", "a\n",
    0, 1, 2, 3, -1, 1.0, 2.5, 1e20, 10**30, True, False, None, [], [1], [1, 1], [1, 2, 3], ["1"], ["a"], ["a", "b"],
    [1, "a"], [None], {}, {"a": 1}, {"a": "1"}, {"a": None}, {"b": 1}, {"1": "x"}, {"01": "x", "1": "y"},
    {"t": "a", "n": "1"}, {"t": "b"}, {"t": "c"},
]  # fmt: skip
WHOLE = [
    [{"a": 1}], [{"a": "x"}], [{"a": 1}, 2], {"a": 1, "b": "x"}, {"a": 1, "b": 1}, {"a": 2}, {"a": 1, "zz": 2},
    {"ab": 1}, {"x": {"a": 1}}, {"a": None, "b": None}, {"name": "x", "kids": [{"name": "y"}]},
    {"name": "x", "kids": [{"name": 1}]}, [{"name": "x"}], *({"a": part} for part in PARTS),
]  # fmt: skip
VALUES = [*PARTS, *WHOLE]
