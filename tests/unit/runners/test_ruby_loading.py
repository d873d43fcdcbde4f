"""What the Ruby runner loads, how it isolates it, and what it says of files that cannot be loaded."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.unit.runners.ruby_core import EVENT, MARKS, Core, Refusal, event

pytestmark = MARKS


def test_two_steps_with_equal_names_inside_do_not_meet(tmp_path: Path) -> None:
    step = """
    require_relative "helper"
    LIMIT = %s
    class Order; def total = LIMIT + tax; end
    def config = { type: "event", name: "%s", subscribes: ["t"] }
    def handler(_input) = [LIMIT, Order.new.total, who]
    private
    def tax = 1
    """
    files = {
        "steps/a/one_step.rb": step % (1, "a"),
        "steps/a/helper.rb": "def who = 'helper a'\n",
        "steps/b/two_step.rb": step % (2, "b"),
        "steps/b/helper.rb": "def who = 'helper b'\n",
    }
    with Core(tmp_path, files) as core:
        core.describe("steps/a/one_step.rb", "steps/b/two_step.rb")
        assert core.run("steps/a/one_step.rb") == [1, 2, "helper a"]
        assert core.run("steps/b/two_step.rb") == [2, 3, "helper b"]


def test_the_top_level_behaves_as_in_a_script(tmp_path: Path) -> None:
    """Instance variables, `def self.x`, `define_method`, `include`, endless and private methods, heredocs, structs."""
    files = {
        "steps/top_step.rb": """
        module Words; def word = "word"; end
        include Words
        @client = "client"
        Point = Struct.new(:x) do
          def shown = "point #{x} #{word}"
        end
        class Base; def self.make = new.go; end
        def build_names = %w[a b]
        class Late < Base
          NAMES = build_names
          def go = [NAMES, helper(2) { |n| n + 1 }]
        end
        def self.config
          { type: "event", name: "top", subscribes: ["t"] }
        end
        def handler(_)
          @seen = (@seen || 0) + 1
          [@client, @seen, word, dynamic, Late.make, Point.new(3).shown, text, single(1)]
        end
        def self.single(n) = "single #{n} #{helper(1) { |x| x }}"
        define_method(:dynamic) { "dynamic" }
        private
        def helper(n) = yield(n)
        def text
          <<~TEXT.strip
            heredoc
          TEXT
        end
        """,
    }
    with Core(tmp_path, files) as core:
        (report,) = core.describe("steps/top_step.rb")
        assert report["steps"][0]["config"]["name"] == "top", report
        expected = ["client", 1, "word", "dynamic", [["a", "b"], 3], "point 3 word", "heredoc", "single 1 1"]
        assert core.run("steps/top_step.rb") == expected
        assert core.run("steps/top_step.rb") == expected, "one invocation saw the variables of another"


def test_shared_code_in_lib_is_loaded_once_and_globally(tmp_path: Path) -> None:
    step = "require 'counter'\nrequire_relative '../lib/other'\n" + event("def handler(_) = Counter.next")
    files = {
        "lib/counter.rb": "require 'deeper'\nmodule Counter; @n = 0; def self.next = @n += 1; end\n",
        "lib/deeper.rb": "DEEPER = 1\n",
        "lib/other.rb": "",
        "steps/a_step.rb": step,
        "steps/b_step.rb": step,
    }
    with Core(tmp_path, files) as core:
        reports = core.describe("steps/a_step.rb", "steps/b_step.rb")
        for report in reports:
            assert set(report["dependencies"]) == {"lib/counter.rb", "lib/deeper.rb", "lib/other.rb"}
        assert [core.run("steps/a_step.rb"), core.run("steps/b_step.rb")] == [1, 2]


def test_what_a_file_may_do_wrong(tmp_path: Path) -> None:
    files = {
        "steps/syntax_step.rb": "def config\n  {\nend\n",
        "steps/gem_step.rb": "\nrequire 'no_such_gem_at_all'\n" + EVENT,
        "steps/missing_step.rb": "require_relative 'absent'\n" + EVENT,
        "steps/helper_step.rb": "require_relative 'bad_helper'\n" + EVENT,
        "steps/bad_helper.rb": "x = 1\nraise ArgumentError, 'not today'\n",
        "steps/exit_step.rb": "\nexit 3\n",
        "steps/abort_step.rb": "abort 'no'\n",
        "steps/kill_step.rb": "Thread.current.kill\n",
        "steps/local_step.rb": "x = 1\nconfig = { type: 'event' }\ndef handler(i) = i\n",
        "steps/none_step.rb": "def handler(i) = i\n",
        "steps/nohandler_step.rb": EVENT,
        "steps/text_step.rb": "def config = 'x'\ndef handler(i) = i\n",
        "steps/cycle_step.rb": "def config\n  c = { type: 'event', name: 'x' }\n  c[:c] = c\nend\ndef handler(i) = i\n",
        "steps/raises_step.rb": "def config\n  raise 'no config today'\nend\ndef handler(i) = i\n",
        "steps/mw_step.rb": "def config = { type: 'api', name: 'n', middleware: [:nobody] }\ndef handler(i) = i\n",
        "steps/good_step.rb": event("def handler(i) = i"),
    }
    with Core(tmp_path, files) as core:
        reports = {one["file"][6:-8]: one for one in core.describe(*[f for f in files if f.endswith("_step.rb")])}
        errors = {
            name: (one["error"]["code"], one["error"].get("line")) for name, one in reports.items() if "error" in one
        }
        assert errors == {
            "syntax": ("syntax", 3),
            "gem": ("import", 2),
            "missing": ("import", 1),
            "helper": ("import", 2),
            "exit": ("exit", 2),
            "abort": ("exit", 1),
            "kill": ("exit", None),
            "local": ("no_config", 2),
            "none": ("no_config", None),
            "nohandler": ("no_handler", None),
            "text": ("bad_config", 1),
            "cycle": ("bad_config", None),
            "raises": ("import", 2),
            "mw": ("bad_config", 1),
        }
        assert reports["helper"]["error"]["file"] == "steps/bad_helper.rb"
        assert "ArgumentError: not today" in reports["helper"]["error"]["message"]
        assert "no_such_gem_at_all" in reports["gem"]["error"]["hint"]
        assert reports["missing"]["dependencies"] == ["steps/absent.rb"]
        assert "def config" in reports["local"]["error"]["hint"]
        assert "config.c" in reports["cycle"]["error"]["message"]
        with pytest.raises(Refusal) as refused:
            core.run("steps/syntax_step.rb")
        assert refused.value.code == 1003
        assert core.run("steps/good_step.rb", 5) == 5


def test_reload_takes_helpers_and_shared_files_along(tmp_path: Path) -> None:
    files = {
        "lib/shared.rb": "module Shared; def self.word = 'old'; end\n",
        "steps/helper.rb": "def helper = 'old'\n",
        "steps/a_step.rb": "require 'shared'\nrequire_relative 'helper'\n"
        + event("def handler(_) = [Shared.word, helper]"),
        "steps/b_step.rb": event("def handler(_) = self.class.object_id"),
    }
    with Core(tmp_path, files) as core:
        core.describe("steps/a_step.rb", "steps/b_step.rb")
        same = core.run("steps/b_step.rb")
        for name in ("lib/shared.rb", "steps/helper.rb"):
            path = tmp_path / name
            path.write_text(path.read_text().replace("old", "new"))
        (report,) = core.describe("steps/a_step.rb", snapshot=2, changed=("lib/shared.rb", "steps/helper.rb"))
        assert "error" not in report
        assert core.run("steps/a_step.rb", snapshot=2) == ["new", "new"]
        assert core.run("steps/a_step.rb", snapshot=1)[1] == "old"
        assert core.run("steps/b_step.rb", snapshot=2) == same, "an untouched step was loaded again"
        (tmp_path / "steps/a_step.rb").write_text("def config\n  {\nend\n")
        (report,) = core.describe("steps/a_step.rb", snapshot=3, changed=("steps/a_step.rb",))
        assert report["error"]["code"] == "syntax"
        (tmp_path / "steps/a_step.rb").write_text(event("def handler(_) = 'healed'"))
        core.describe("steps/a_step.rb", snapshot=4, changed=("steps/a_step.rb",))
        assert core.run("steps/a_step.rb", snapshot=4) == "healed"


def test_a_gemfile_that_cannot_be_used_is_told_with_every_file(tmp_path: Path) -> None:
    files = {"Gemfile": "gem 'no-such-gem-at-all', '1.0'\n", "steps/a_step.rb": event("def handler(i) = i")}
    with Core(tmp_path, files) as core:
        (report,) = core.describe("steps/a_step.rb")
        assert report["error"]["code"] == "import"
        assert "no-such-gem-at-all" in report["error"]["message"]
        assert report["error"]["hint"] == "run `bundle install` in the project"


def test_an_empty_gemfile_is_no_hindrance(tmp_path: Path) -> None:
    with Core(tmp_path, {"Gemfile": "", "steps/a_step.rb": event("def handler(i) = i")}) as core:
        assert core.run("steps/a_step.rb", 1) == 1


def test_a_handler_may_require_later(tmp_path: Path) -> None:
    files = {
        "steps/a_step.rb": event("def handler(_)\n  require_relative 'later'\n  [later, Later.new.who]\nend"),
        "steps/later.rb": "def later = 'later'\nclass Later; def who = later; end\n",
        "steps/b_step.rb": event("def handler(_) = defined?(later).inspect"),
    }
    with Core(tmp_path, files) as core:
        assert core.run("steps/a_step.rb") == ["later", "later"]
        assert core.run("steps/b_step.rb") == "nil"


def gem(folder: Path, name: str) -> None:
    (folder / f"gems/{name}-1.0/lib").mkdir(parents=True)
    (folder / f"gems/{name}-1.0/lib/{name}.rb").write_text(f"module {name.capitalize()}; WORD = 'gem'; end\n")
    (folder / "specifications").mkdir()
    spec = (
        f"Gem::Specification.new {{ |s| s.name = '{name}'; s.version = '1.0'; s.summary = 'x'; s.authors = ['x'] }}\n"
    )
    (folder / f"specifications/{name}-1.0.gemspec").write_text(spec)


def test_rubygems_comes_when_something_needs_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    gem(tmp_path / "gems", "wordy")
    monkeypatch.setenv("GEM_HOME", str(tmp_path / "gems"))
    files = {
        "p/steps/a_step.rb": event("def handler(_) = Object.autoload?(:Gem).inspect"),
        "p/steps/b_step.rb": "require 'wordy'\n" + event("def handler(_) = Wordy::WORD"),
        "p/steps/c_step.rb": "gem 'wordy'\n" + event("def handler(_) = Gem::Version.new('1').to_s"),
    }
    with Core(tmp_path, files) as core:
        assert core.run("p/steps/a_step.rb") == '"rubygems"'
        assert core.run("p/steps/b_step.rb") == "gem"
        assert core.run("p/steps/c_step.rb") == "1"


def test_bundler_serves_the_gems_of_the_gemfile(tmp_path: Path) -> None:
    gem(tmp_path / "vendor", "wordy")
    (tmp_path / "vendor/gems/wordy-1.0/wordy.gemspec").write_text(
        (tmp_path / "vendor/specifications/wordy-1.0.gemspec").read_text()
    )
    files = {
        "Gemfile": "gem 'wordy', path: 'vendor/gems/wordy-1.0'\n",
        "steps/a_step.rb": "require 'wordy'\n" + event("def handler(_) = Wordy::WORD"),
    }
    with Core(tmp_path, files) as core:
        (report,) = core.describe("steps/a_step.rb")
        assert report.get("dependencies") == [], report
        assert core.run("steps/a_step.rb") == "gem"
