# frozen_string_literal: true

# A transaction while its block runs: takes the place of the invocation for calls, answers reads from its own writes or
# with a remembered version, collects writes, and sends all in one commit. Nothing is sent before that but reads.

require_relative "updates"

module MotiaRunner
  class Transaction
    RERUNS = 3
    CONFLICT = 1010
    KINDS = { "state" => "key", "streams" => "id" }.freeze

    # Runs the block until a commit goes through; answers the block's value.
    def self.run(invocation)
      (RERUNS + 1).times do |run|
        transaction = new(invocation)
        value = yield transaction
        transaction.commit
        return value
      rescue Motia::TransactionConflict
        raise if run == RERUNS
      end
    end

    def initialize(invocation)
      @invocation = invocation
      @owner = Thread.current
      @reads = []
      @writes = []
      @seen = {}
      @groups = {}
      @written = {}
      @gone = {}
      @moved = {}
    end

    # Threads started inside the block are outside of it.
    def for?(thread) = @owner.equal?(thread)

    def commit
      return if @reads.empty? && @writes.empty?

      @invocation.call("transaction.commit", { "reads" => @reads, "writes" => @writes })
    end

    def call(method, params)
      kind, verb = method.split(".", 2)
      case method
      when "events.emit" then write(method, Values.copy(params), { "id" => nil, "deliveries" => nil })
      when "streams.send" then write(method, Values.copy(params), {})
      when "once.put" then write(method, Values.copy(params), { "value" => params["value"] })
      when "events.trigger" then raise Motia::Error, "a trigger cannot be taken back: call it after the transaction"
      when "state.groups", "once.get", "stats.get", "response.chunk" then @invocation.call(method, params)
      else [change(kind, verb, params), true]
      end
    end

    private

    def change(kind, verb, params)
      place = Place.new(params["stream"], params["group"], params[KINDS.fetch(kind)])
      case verb
      when "get" then { "value" => read(place) }
      when "set" then { "value" => set(kind, place, params["value"], params["ttl"]) }
      when "delete" then delete(kind, place, params)
      when "clear" then clear(place, params)
      when "query" then @invocation.call("streams.query", params.merge("items" => group(place)))[0]
      when "getGroup" then { "items" => group(place) }
      when "keys" then { "names" => group(place).map(&:first) }
      when "update" then { "value" => set(kind, place, Updates.apply(read(place), params["ops"]), params["ttl"], keep: true) }
      when "setIfAbsent" then exchange(kind, place, nil, params)
      when "compareAndSet" then exchange(kind, place, params["expected"], params)
      else raise Motia::Error, "#{kind}.#{verb} cannot be used in a transaction"
      end
    end

    Place = Struct.new(:stream, :group, :key) do
      def all = Place.new(stream, group, nil)
      def params = to_h.compact.transform_keys(&:to_s)
    end

    def read(place)
      return Values.copy(@written[place]) if @written.key?(place)
      return nil if @written.key?(place.all)

      @seen[place] = ask("transaction.read", place)["value"] unless @seen.key?(place)
      Values.copy(@seen[place])
    end

    def group(place)
      items = @written.key?(place.all) ? [] : (@groups[place.all] ||= ask("transaction.readGroup", place.all)["items"])
      own = @written.select { |at, _| at.key && at.all == place.all }
      kept = items.to_h.reject { |key, _| @moved.key?(Place.new(place.stream, place.group, key)) }
      kept = kept.merge(own.transform_keys(&:key))
      Values.copy(kept.reject { |key, _| @gone.key?(Place.new(place.stream, place.group, key)) }.to_a)
    end

    def ask(method, place)
      found, = @invocation.call(method, place.params)
      @reads << place.params.merge("version" => found["version"])
      found
    end

    def set(kind, place, value, ttl = nil, keep: false)
      if kind == "streams"
        return nil if value.nil? # to set an item to nothing does nothing

        value = item(place, value)
      end
      if @gone.delete(place) # it begins anew, at the end of its group
        @written.delete(place)
        @moved[place] = true
      end
      params = { **place_params(kind, place), "value" => Values.copy(value), **{ "ttl" => ttl, "keep" => keep || nil }.compact }
      write("#{kind}.set", params, nil)
      @written[place] = params["value"]
      value
    end

    # What the core makes of an item, so that the block reads it like that.
    def item(place, value)
      return value.merge("id" => place.key) if value.is_a?(Hash)

      raise Motia::Error.new("streams.#{place.stream}: an item is an object", code: Updates::INVALID)
    end

    def delete(kind, place, params)
      before = read(place)
      write("#{kind}.delete", params, nil)
      @written[place] = nil
      @gone[place] = true
      { "value" => before }
    end

    def clear(place, params)
      count = group(place).size
      write("state.clear", params, nil)
      @written.delete_if { |at, _| at.all == place.all }
      @written[place.all] = nil
      { "count" => count }
    end

    def exchange(kind, place, expected, params)
      now = read(place)
      stored = now == expected
      now = set(kind, place, params["value"], params["ttl"]) if stored
      { "stored" => stored, "value" => now }
    end

    def place_params(kind, place)
      found = { "group" => place.group, KINDS.fetch(kind) => place.key }
      place.stream ? { "stream" => place.stream, **found } : found
    end

    def write(method, params, result)
      @writes << { "method" => method, "params" => params }
      [result, true]
    end
  end
end
