# frozen_string_literal: true

# Loads files into units and remembers them by snapshot, so that invocations finish on the code they began with. A file
# that fails is remembered as failed; nothing a file does at load stops the others.

require "monitor"
require_relative "dialects"
require_relative "gems"
require_relative "project"
require_relative "source_errors"
require_relative "unit"
require_relative "versions"

module MotiaRunner
  class Loader
    # What every step may use without requiring it.
    PRELOADED = %w[json time securerandom].freeze

    # One loading of one file: `step` or `error`; `ended` is the snapshot that replaced it.
    Entry = Struct.new(:snapshot, :unit, :step, :error, :dependencies, :ended)

    attr_reader :project

    def initialize(project)
      @project = project
      @versions = Versions.new
      @configurations = {}
      @lock = Monitor.new
    end

    # A report for each file, in order, after forgetting what has changed; then for others that needed it. `held` are
    # earlier loadings still served, with their `sources` where this worker may not have seen them.
    def describe(snapshot, files, changed, held = [])
      @lock.synchronize do
        stale = forget(snapshot, files, changed)
        held.each { |one| hold(*one.values_at("file", "snapshot", "sources")) }
        @versions.prune(snapshot, held) { |entry| entry.unit.forget }
        (files | (stale - changed)).map { |file| report(file, entry(file, snapshot)) }
      end
    end

    # The step of a file as `snapshot` knows it. Raises Unavailable.
    def step(file, snapshot)
      found = @versions.at(file, snapshot) || @lock.synchronize { entry(file, snapshot) }
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
      @versions.at(file, snapshot) || @versions.add(file, load(file, snapshot) { |unit| Dialects.read(unit) })
    end

    # Ends what has changed, what needs it, and what could not be loaded. Returns the step files that have changed.
    def forget(snapshot, files, changed)
      return [] if changed.empty?

      paths = changed.map { |file| @project.absolute(file) }
      paths.each { |path| Shared.forget(path) }
      touched = paths.map { |path| @project.relative(path) }
      @versions.end_if(snapshot) { |file, entry| entry.error && files.include?(file) }
      @versions.end_if(snapshot) { |file, entry| touched.include?(file) || (entry.dependencies & touched).any? }
    end

    # Loads an earlier version of a file from the texts it was made of, unless this worker still has it.
    def hold(file, snapshot, sources)
      return if sources.nil? || @versions.holds?(file, snapshot)

      texts = sources.transform_keys { |name| @project.absolute(name) }
      found = load(file, snapshot, texts) { |unit| Dialects.read(unit) }
      found.ended = snapshot + 1
      @versions.add(file, found)
      texts.each_key { |path| Shared.forget(path) }
    end

    # In a thread of its own: a file may exit, kill its thread, or never come to its end.
    def load(file, snapshot, texts = {})
      PRELOADED.each { |name| require name }
      unit = Unit.new(@project, @project.absolute(file), texts)
      entry = Entry.new(snapshot, unit, nil, nil, [], Versions::NEVER)
      entry.error = SourceErrors.gems and return close(entry, file)
      entry.error = { "code" => "exit", "message" => "the file ended its thread while it was loaded" }
      thread = Thread.new { attempt(entry) { yield unit } }
      seconds = Values.limits["loadMs"] / 1000.0
      unless thread.join(seconds)
        thread.kill
        entry.error = SourceErrors.timeout(thread, unit, seconds)
      end
      stay(file)
      close(entry, file)
    end

    # One file must not move all others.
    def stay(file)
      return if Dir.pwd == @project.root

      Dir.chdir(@project.root)
      warn "#{file} changes the working directory while it loads; it is set back: use absolute paths"
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
