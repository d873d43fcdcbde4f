# frozen_string_literal: true

# A step or stream as it can be called: its config for the core, its functions for invoke.rb. Knows how many arguments
# each function wants; nothing of threads or the wire.

module MotiaRunner
  # A function of a step: something callable, or the name of a method that is looked up in the running step's object.
  class Function
    # How many arguments it takes at most; nil = any number.
    attr_reader :places

    def initialize(unit, target)
      @target = target
      method = case target
               when Symbol then unit.instance.method(target)
               when Proc, Method then target
               else target.method(:call)
               end
      kinds = method.parameters.map(&:first)
      @places = kinds.include?(:rest) ? nil : kinds.count { |kind| %i[req opt].include?(kind) }
    end

    # Arguments it has no place for are left off.
    def call(main, args, &block)
      args = args.first(@places) if @places && args.size > @places
      @target.is_a?(Symbol) ? main.__send__(@target, *args, &block) : @target.call(*args, &block)
    end
  end

  class Step
    attr_reader :unit, :config, :warnings, :handler, :middleware, :can_access

    def initialize(unit:, config:, warnings:, line:, handler:, middleware:, can_access:)
      @unit = unit
      @config = config
      @warnings = warnings
      @line = line
      @handler = handler && Function.new(unit, handler)
      @middleware = middleware.map { |item| Function.new(unit, item) }
      @can_access = can_access && Function.new(unit, can_access)
    end

    def name = @config["name"].to_s
    def flows = Array(@config["flows"])

    def report
      found = { "member" => "", "config" => @config, "hasHandler" => !@handler.nil?, "middleware" => @middleware.size }
      found["line"] = @line if @line
      found["canAccess"] = true if @can_access
      found
    end

    def allow?(*args) = @can_access.nil? || !!@can_access.call(@unit.instance, args)
  end
end
