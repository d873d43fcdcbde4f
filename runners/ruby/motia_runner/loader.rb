# frozen_string_literal: true

# Loads files into units and remembers them by snapshot, so that invocations finish on the code they began with. A file
# that fails is remembered as failed; nothing a file does at load stops the others.

require "monitor"
require_relative "dialects"
require_relative "gems"
require_relative "project"
require_relative "source_errors"
require_relative "unit"

module MotiaRunner
  class Loader
    # How long one file may take to load (seconds).
    PATIENCE = 20
    KEPT = 2
    # What every step may use without requiring it.
    PRELOADED = %w[json time securerandom].freeze

    # One loading of one file: `step` or `error`; `ended` is the snapshot that replaced it.
    Entry = Struct.new(:snapshot, :unit, :step, :error, :dependencies, :ended)

    attr_reader :project

    def initialize(project)
      @project = project
      @entries = {}
      @configurations = {}
      @lock = Monitor.new
    end

    def describe(snapshot, files, changed)
      @lock.synchronize do
        forget(snapshot, changed.map { |file| @project.absolute(file) })
        files.map { |file| report(file, entry(file, snapshot)) }
      end
    end

    # The step of a file as `snapshot` knows it. Raises Unavailable.
    def step(file, snapshot)
      found = current(file, snapshot) || @lock.synchronize { entry(file, snapshot) }
      return found.step if found.step

      raise Unavailable, "#{file} cannot run: #{found.error['message']}"
    end

    # Loads a configuration file anew: {config, functions, dependencies} or {error, dependencies}.
    def configuration(file)
      @lock.synchronize do
        found = @configurations[file] = load(file, 0) { |unit| Dialects.config(unit).then { |raw| [raw, Shape.new(raw)] } }
        answer = { "dependencies" => found.dependencies }
        next answer.merge("error" => found.error) if found.error

        answer.merge("config" => found.step[1].config, "functions" => found.step[1].functions)
      end
    end

    # The hash of a configuration file as its author wrote it, for the functions in it.
    def configuration_hash(file)
      configuration(file) unless @configurations[file]
      found = @configurations[file]
      raise Unavailable, found.error["message"] if found.error

      found.step[0]
    end

    class Unavailable < StandardError
    end

    private

    def entry(file, snapshot)
      current(file, snapshot) || begin
        list = (@entries[file] || []) + [load(file, snapshot) { |unit| Dialects.read(unit) }]
        list.shift.unit&.forget while list.size > KEPT
        @entries[file] = list
        list.last
      end
    end

    def current(file, snapshot)
      list = @entries[file] or return
      list.reverse_each { |entry| return entry if entry.snapshot <= snapshot && (!entry.ended || snapshot < entry.ended) }
      list.first if snapshot < list.first.snapshot
    end

    def forget(snapshot, paths)
      paths.each { |path| Shared.forget(path) }
      touched = paths.map { |path| @project.relative(path) }
      @entries.each do |file, list|
        entry = list.last
        entry.ended ||= snapshot if touched.include?(file) || (entry.dependencies & touched).any?
      end
    end

    # In a thread of its own: a file may exit, kill its thread, or never come to its end.
    def load(file, snapshot)
      PRELOADED.each { |name| require name }
      unit = Unit.new(@project, @project.absolute(file))
      entry = Entry.new(snapshot, unit)
      entry.error = SourceErrors.gems and return close(entry, file)
      entry.error = { "code" => "exit", "message" => "the file ended its thread while it was loaded" }
      thread = Thread.new { attempt(entry) { yield unit } }
      unless thread.join(PATIENCE)
        thread.kill
        entry.error = SourceErrors.timeout(thread, unit, PATIENCE)
      end
      close(entry, file)
    end

    def attempt(entry)
      Thread.current.report_on_exception = false
      Requires.within(entry.unit) do
        entry.unit.load
        entry.step = yield
      end
      entry.error = nil
    rescue Exception => error # rubocop:disable Lint/RescueException
      entry.error = SourceErrors.describe(error, entry.unit)
    end

    def close(entry, file)
      needed = [entry.error && entry.error.delete("needs")].compact
      entry.dependencies = (entry.unit.files + needed).map { |path| @project.relative(path) } - [file]
      entry
    end

    def report(file, entry)
      found = { "file" => file, "steps" => [], "dependencies" => entry.dependencies }
      return found.merge("error" => entry.error) if entry.error

      found["steps"] = [entry.step.report]
      found["warnings"] = entry.step.warnings if entry.step.warnings.any?
      found
    end
  end
end
