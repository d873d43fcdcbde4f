# frozen_string_literal: true

# Finds in a loaded file what makes it a step or a stream: `def config` (or CONFIG) and `def handler`, and says how it
# will be called. Decides nothing about whether the config makes sense: that is the core's.

require_relative "schemas"
require_relative "shapes"
require_relative "step"

module MotiaRunner
  module Dialects
    # Why a file yields no step.
    class Problem < StandardError
      attr_reader :code, :hint, :line

      def initialize(code, message, hint: "", line: nil)
        super(message)
        @code = code
        @hint = hint
        @line = line
      end
    end

    FUNCTIONS = %w[middleware canAccess handler].freeze
    STREAM_FILE = /[._]stream\.rb\z/.freeze

    module_function

    def read(unit)
      raw = config(unit)
      shape = shape(raw)
      keys = raw.transform_keys { |key| Shape.camel(key) }
      stream = unit.path.match?(STREAM_FILE) || shape.config["type"] == "stream"
      Step.new(
        unit: unit, config: shape.config, warnings: shape.warnings, line: line(unit, :config),
        handler: stream ? nil : handler(unit, keys["handler"], shape.config),
        middleware: Array(keys["middleware"]).each_with_index.map { |item, at| function(unit, item, "middleware[#{at}]") },
        can_access: can_access(unit, keys, stream)
      )
    end

    # The hash a file's `config` answers, or its CONFIG.
    def config(unit)
      raw = if unit.defines?(:config) then Requires.within(unit) { unit.instance.__send__(:config) }
            elsif (name = %i[CONFIG Config].find { |known| unit.wrap.const_defined?(known, false) })
              unit.wrap.const_get(name, false)
            else
              missing_config(unit)
            end
      raw = raw.to_h if !raw.is_a?(Hash) && raw.respond_to?(:to_h) && !raw.nil? && !raw.is_a?(Array)
      return raw if raw.is_a?(Hash)

      raise Problem.new("bad_config", "config must be a Hash, not #{raw.nil? ? 'nil' : "a #{Failures.name(raw.class)}"}",
                        line: line(unit, :config), hint: "`def config` answers its last line: { type: \"api\", … }")
    end

    def missing_config(unit)
      text = File.read(unit.path, encoding: Encoding::UTF_8).scrub
      local = text.lines.index { |row| row.match?(/\Aconfig\s*=[^=~]/) }
      raise Problem.new("no_config", "no config in this file", hint: "add `def config` that answers a Hash") unless local

      raise Problem.new("no_config", "`config = …` is a local variable, which nobody outside can see", line: local + 1,
                        hint: "write `def config` … `end`, or CONFIG = …")
    end

    def shape(raw)
      Shape.new(raw, skip: FUNCTIONS)
    rescue Motia::PayloadRefused => error
      hint = "a config holds only what JSON can say, and functions"
      raise Problem.new("bad_config", "config.#{error.message}", hint: hint)
    end

    # `handler`, else a lambda in HANDLER or config[:handler], else the one method called like the step.
    def handler(unit, given, config)
      return :handler if unit.defines?(:handler)
      return function(unit, given, "handler") if given
      return unit.wrap.const_get(:HANDLER, false) if unit.wrap.const_defined?(:HANDLER, false)

      wanted = fold(config["name"])
      found = unit.own_methods.select { |name| fold(name) == wanted }
      return found[0] if found.size == 1
      return if config["type"] == "noop"

      raise Problem.new("no_handler", "no handler in this file", hint: "add `def handler(input, context)`")
    end

    def can_access(unit, keys, stream)
      return function(unit, keys["canAccess"], "canAccess") if keys["canAccess"]
      return unless stream

      %i[can_access canAccess].find { |name| unit.defines?(name) }
    end

    # A function written out, or the name of a method of the file.
    def function(unit, given, path)
      return given if given.respond_to?(:call)

      name = given.to_s.to_sym if given.is_a?(Symbol) || given.is_a?(String)
      return name if name && unit.defines?(name)

      raise Problem.new("bad_config", "config.#{path} is #{given.inspect}, which is no function of this file",
                        line: line(unit, :config), hint: "a lambda, method(:name), or the name of a method in this file")
    end

    def fold(name) = name.to_s.downcase.gsub(/[^\p{Alnum}]/, "")

    def line(unit, name)
      return unless unit.wrap.method_defined?(name) || unit.wrap.private_method_defined?(name)

      unit.wrap.instance_method(name).source_location&.last
    end
  end
end
