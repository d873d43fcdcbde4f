# frozen_string_literal: true

# What a handler gets as `context`: the doors to the core's services, by method and by key (`context.state`,
# `context[:state]`). Owns how calls look to authors; how they travel is invocation.rb's.

require_relative "logger"
require_relative "services"
require_relative "transaction"
require_relative "w3c"

module MotiaRunner
  class Context
    ALIASES = { "traceId" => :trace_id, "cancelled" => :cancelled? }.freeze
    DOORS = %i[logger emit state streams trace_id traceparent tracestate flows topic attempt step deadline cancelled?
               utils once transaction trigger stats].freeze

    # `context.utils.dates.now`
    Dates = Struct.new(:zone) do
      def now = Time.now
      def today = Date.today
    end
    Utils = Struct.new(:dates)
    UTILS = Utils.new(Dates.new.freeze).freeze

    def initialize(invocation)
      @invocation = invocation
      @own = {}
    end

    def logger = @logger ||= Logger.new(@invocation)
    def state = @state ||= State.new(self)
    def streams = @streams ||= Streams.new(self)
    def trace_id = @invocation.params["traceId"]
    alias traceId trace_id

    # For the header of that name in requests to others: they become part of this trace.
    def traceparent = W3C.traceparent(trace_id, @invocation.id, @invocation.params["sampled"] != false)
    # What the caller's tracing wants passed on beside it; empty without.
    def tracestate = @invocation.params["traceState"] || ""
    def flows = @invocation.step.flows
    def step = @invocation.step.name
    def topic = @invocation.params["topic"]
    def attempt = @invocation.params["attempt"] || 1
    def deadline = Time.at(@invocation.deadline)
    def cancelled? = @invocation.cancelled?
    alias cancelled cancelled?
    def utils = UTILS

    # `emit(topic: "t", data: {…})`, `emit({ "topic" => … })` or `emit("t", data)`; waits until it is stored.
    def emit(event = nil, data = nil, **options)
      event = { "topic" => event, "data" => data } if event.is_a?(String) || event.is_a?(Symbol)
      call("events.emit", Emit.params((event || {}).to_h, options))
    end

    # Enqueues for one step by its name.
    def trigger(step, data = nil)
      call("events.trigger", { "step" => Values.text(step), "data" => Values.pack(data, "data") })
    end

    # How the steps fare: `stats.steps["name"].runs`.
    def stats = call("stats.get", {})

    # The block's result, remembered for this delivery: a retry does not pay twice.
    def once(key, function = nil, &block)
      key = Values.text(key)
      found, special = calls.call("once.get", { "key" => key })
      return Values.unpack(found["value"], special) if found["found"]

      value = (function || block).call
      unpack(calls.call("once.put", { "key" => key, "value" => Values.pack(value, "once") }))
    end

    # All the block does to state, streams and topics happens at once or not at all. It may run up to four times.
    def transaction(function = nil, &block)
      block = function || block
      return run_block(block) if calls != @invocation

      Transaction.run(@invocation) do |transaction|
        @invocation.transaction = transaction
        run_block(block)
      ensure
        @invocation.transaction = nil
      end
    end

    def [](name)
      name = ALIASES.fetch(name.to_s, name.to_sym)
      return @own[name.to_s] unless DOORS.include?(name)

      %i[emit once transaction trigger stats].include?(name) ? method(name) : public_send(name)
    end

    # Middleware may leave things for what comes after it: `context[:user] = …`, `context.user = …`.
    def []=(name, value)
      @own[name.to_s] = value
    end

    def key?(name) = DOORS.include?(name.to_sym) || @own.key?(name.to_s)

    def respond_to_missing?(name, all = false) = name.end_with?("=") || @own.key?(name.name) || super

    def method_missing(name, *args)
      return @own[name.name.delete_suffix("=")] = args[0] if name.end_with?("=") && args.size == 1
      return @own[name.name] if args.empty? && @own.key?(name.name)

      super
    end

    def inspect = "#<context of #{step} #{trace_id}>"

    # What the services use: a call's `value`, in the running transaction if there is one.
    def value(method, params) = unpack(calls.call(method, params))

    def call(method, params)
      result, special = calls.call(method, params)
      Values.unpack(result, special)
    end

    private

    def calls
      transaction = @invocation.transaction
      transaction&.for?(Thread.current) ? transaction : @invocation
    end

    def unpack(answer) = Values.unpack(answer[0]["value"], answer[1])
    def run_block(block) = block.arity.zero? ? block.call : block.call(self)
  end
end
