"""Ruby steps are what they look like: scripts of their own, whose names never meet."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.kit.project import write
from tests.kit.server import Server, serving

from .projects import checked, found, ruby_step

pytestmark = [pytest.mark.ruby, pytest.mark.skipif(shutil.which("ruby") is None, reason="no Ruby here")]

LIBRARY = {
    "src/left/helper.rb": "NAME = 'left'\ndef help = 'left helper'\nclass Tool; def use = 'left tool'; end\n",
    "src/right/helper.rb": "NAME = 'right'\ndef help = 'right helper'\nclass Tool; def use = 'right tool'; end\n",
    "src/shared/money.rb": "module Money\n  module_function\n  def cents(x) = x * 100\nend\n",
    "src/shared/nested.rb": "require_relative 'money'\ndef nested(x) = Money.cents(x)\n",
    "src/words.txt": "beside the step",
    "lib/global_tool.rb": "module GlobalTool\n  COUNT = []\n  def self.next = COUNT.push(1).size\nend\n",
    "src/later.rb": "class Later; def value = 'later'; end\n",
}

# file → (head, expression, value)
CASES: dict[str, tuple[str, str, object]] = {
    "src/left/left.step.rb": ("require_relative 'helper'\nLIMIT = 1\n", "[NAME, help, Tool.new.use, LIMIT]", ["left", "left helper", "left tool", 1]),
    "src/right/right.step.rb": ("require_relative 'helper'\nLIMIT = 2\n", "[NAME, help, Tool.new.use, LIMIT]", ["right", "right helper", "right tool", 2]),
    "src/order_a.step.rb": ("class Order; def kind = 'a'; end\nmodule Pay; RATE = 1; end\n", "[Order.new.kind, Pay::RATE]", ["a", 1]),
    "src/order_b.step.rb": ("class Order; def kind = 'b'; end\nmodule Pay; RATE = 2; end\n", "[Order.new.kind, Pay::RATE]", ["b", 2]),
    "src/helpers.step.rb": (
        "def twice(x) = x * 2\n\ndef text(name)\n  <<~TEXT\n    hello #{name}\n  TEXT\nend\n\nprivate\n\ndef hidden = twice(4)\n\npublic\n",
        "[twice(2), text('you'), hidden]",
        [4, "hello you\n", 8],
    ),
    "src/nested.step.rb": ("require_relative './shared/nested'\nrequire_relative 'shared/money.rb'\n", "[nested(2), Money.cents(1)]", [200, 100]),
    "src/place.step.rb": ("", "[File.read(File.join(__dir__, 'words.txt')), File.basename(__FILE__), File.basename(Dir.pwd), __FILE__ == $0]", ["beside the step", "place.step.rb", "shop", False]),
    "src/standard.step.rb": ("", "[JSON.generate(a: 1), Time.parse('2024-01-02T00:00:00Z').year, SecureRandom.uuid.size]", ['{"a":1}', 2024, 36]),
    "src/required.step.rb": ("require 'set'\nrequire 'digest'\nrequire 'ostruct'\n", "[Set.new([1, 1]).size, Digest::SHA256.hexdigest('')[0, 4], OpenStruct.new(a: 1).a]", [1, "e3b0", 1]),
    "src/lib.step.rb": ("require 'global_tool'\n", "GlobalTool.next > 0", True),
    "src/load_path.step.rb": ("$LOAD_PATH.unshift File.expand_path('../lib', __dir__)\nrequire 'global_tool'\n", "GlobalTool.next > 0", True),
    "src/lazy.step.rb": ("", "begin; require_relative 'later'; Later.new.value; end", "later"),
    "src/structs.step.rb": ("Point = Struct.new(:x, :y) do\n  def sum = x + y\nend\nData2 = Struct.new(:a, keyword_init: true)\n", "[Point.new(1, 2).sum, Data2.new(a: 1).to_h]", [3, {"a": 1}]),
    "src/variables.step.rb": ("@made = 'at the top'\n$seen = ['global']\ncount = 3\ndefine_method(:from_local) { count } rescue nil\n", "[@made, $seen]", ["at the top", ["global"]]),
    "src/class_uses_method.step.rb": ("def helper = 'top-level'\nclass Uses; def call = helper; end\n", "Uses.new.call", "top-level"),
    "src/singleton.step.rb": ("def self.maker = 'self'\nmodule Util; extend self; def up(x) = x.upcase; end\n", "[maker, Util.up('a')]", ["self", "A"]),
    "src/include.step.rb": ("module Greets; def greet = 'hi'; end\ninclude Greets\n", "greet", "hi"),
    "src/refined.step.rb": ("module Loud\n  refine(String) { def loud = upcase + '!' }\nend\nclass Speaker\n  using Loud\n  def self.say = 'a'.loud\nend\n", "Speaker.say", "A!"),
    "src/frozen.step.rb": ("# frozen_string_literal: true\n# encoding: utf-8\n", "['x'.frozen?, 'ä'.size]", [True, 1]),
    "src/patterns.step.rb": ("", "case { kind: 'x', list: [1, 2] }\n in { kind: String => k, list: [first, *] } then [k, first]\n end", ["x", 1]),
    "src/with-dash and space.step.rb": ("", "'odd name'", "odd name"),
    "src/02_digits_step.rb": ("", "'digits'", "digits"),
    "src/ends.step.rb": ("", "'ends'", "ends"),
    "loose.step.rb": ("require_relative 'src/shared/money'\n", "Money.cents(3)", 300),
}  # fmt: skip
AFTER = {"src/ends.step.rb": "\n__END__\nthis is { no Ruby\n"}
ROWS = {"src/helpers.step.rb": 262, "src/standard.step.rb": 263, "src/left/left.step.rb": 67}


def route(file: str) -> str:
    return file.removesuffix(".rb").replace("/", "-").replace(".", "-").replace(" ", "-")


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    project = write(tmp_path_factory.mktemp("ruby") / "shop", LIBRARY)
    for file, (head, body, _) in CASES.items():
        write(project, {file: ruby_step(route(file), head, body) + AFTER.get(file, "")})
    with serving(project) as running:
        yield running


@pytest.mark.parametrize(
    "file", [pytest.param(file, marks=pytest.mark.rows(ROWS[file]) if file in ROWS else ()) for file in CASES]
)
def test_a_case(server: Server, file: str) -> None:
    assert server.get(f"/{route(file)}").json == {"value": CASES[file][2]}, server.output


def test_bundler_gives_a_gem_of_the_gemfile(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "Gemfile": "source 'https://rubygems.org'\ngem 'own_gem', path: 'gems/own_gem'\n",
            "gems/own_gem/own_gem.gemspec": "Gem::Specification.new do |s|\n  s.name = 'own_gem'\n  s.version = '1.0.0'\n"
            "  s.summary = 'x'\n  s.authors = ['x']\n  s.files = ['lib/own_gem.rb']\nend\n",
            "gems/own_gem/lib/own_gem.rb": "module OwnGem; NAME = 'FromGem'; end\n",
            "steps/a.step.rb": "require 'own_gem'\ndef config = { type: 'event', name: OwnGem::NAME, subscribes: ['t'] }\n"
            "def handler(input, context) = nil\n",
        },
    )
    assert found(tmp_path)["steps/a.step.rb"]["name"] == "FromGem"


def test_what_is_missing_says_what_to_install(tmp_path: Path) -> None:
    write(
        tmp_path,
        {
            "steps/gem.step.rb": "require 'json'\nrequire 'no_such_gem/part'\n",
            "steps/file.step.rb": "require_relative 'nowhere'\n",
            "steps/data.step.rb": "def config = { type: 'event', name: DATA.read, subscribes: ['t'] }\n__END__\nx\n",
        },
    )
    errors, _ = checked(tmp_path)
    assert (errors["steps/gem.step.rb"]["line"], errors["steps/gem.step.rb"]["hint"]) == (
        2,
        "install it: gem install no_such_gem",
    )
    assert "nowhere" in errors["steps/file.step.rb"]["message"] and errors["steps/file.step.rb"]["line"] == 1
    assert "DATA" in errors["steps/data.step.rb"]["message"]
