# frozen_string_literal: true

# State, streams and events as authors call them: argument styles in, params of PROTOCOL.md out. Every method waits for
# its answer. `state[:get].(group, key)` works like `state.get(group, key)`.

module MotiaRunner
  module Keyed
    NOTHING = Object.new.freeze

    # `state[:get]`, `stream["getGroup"]`
    def [](name) = method(name)

    # A hash without braces, `set("g", "k", name: "x")`, arrives as keywords.
    def self.value(value, rest, ttl)
      return [value, ttl] unless value.equal?(NOTHING)
      raise ArgumentError, "a value is missing" if rest.empty? && ttl.nil?

      [ttl.nil? ? rest : { ttl: ttl, **rest }, nil]
    end

    def self.ttl(params, ttl)
      params["ttl"] = ttl unless ttl.nil?
      params
    end

    # `increment` may be written `{ op: :increment, path: "n" }`, one or several.
    def self.ops(ops) = (ops.is_a?(Hash) ? [ops] : ops).map { |op| Values.pack(op.to_h.transform_keys(&:to_s), "ops") }

    def self.text(value, what)
      raise TypeError, "the #{what} is missing" if value.nil?

      Values.text(value)
    end
  end

  class State
    include Keyed

    def initialize(context)
      @context = context
    end

    def get(group, key) = @context.value("state.get", at(group, key))

    def set(group, key, value = Keyed::NOTHING, ttl: nil, **rest)
      value, ttl = Keyed.value(value, rest, ttl)
      @context.value("state.set", Keyed.ttl({ **at(group, key), "value" => Values.pack(value, "state.set.value") }, ttl))
    end

    def delete(group, key) = @context.value("state.delete", at(group, key))
    def clear(group) = @context.call("state.clear", all(group)) && nil
    def get_group(group) = Motia::Group.new(@context.call("state.getGroup", all(group))["items"])
    def keys(group) = @context.call("state.keys", all(group))["names"]
    def groups = @context.call("state.groups", {})["names"]

    def update(group, key, ops, ttl: nil)
      @context.value("state.update", Keyed.ttl({ **at(group, key), "ops" => Keyed.ops(ops) }, ttl))
    end

    # `{stored, value}`: whether it was set, and what is there now.
    def set_if_absent(group, key, value = Keyed::NOTHING, ttl: nil, **rest)
      value, ttl = Keyed.value(value, rest, ttl)
      params = { **at(group, key), "value" => Values.pack(value, "state.setIfAbsent.value") }
      @context.call("state.setIfAbsent", Keyed.ttl(params, ttl))
    end

    def compare_and_set(group, key, expected, value, ttl: nil)
      packed = { "expected" => expected, "value" => value }.to_h { |name, one| [name, Values.pack(one, "state.compareAndSet.#{name}")] }
      params = { **at(group, key), **packed }
      @context.call("state.compareAndSet", Keyed.ttl(params, ttl))
    end

    alias getGroup get_group
    alias setIfAbsent set_if_absent
    alias compareAndSet compare_and_set

    private

    def all(group) = { "group" => Keyed.text(group, "group") }
    def at(group, key) = { **all(group), "key" => Keyed.text(key, "key") }
  end

  class Stream
    include Keyed

    def initialize(context, name)
      @context = context
      @name = name
    end

    def get(group, id) = item("streams.get", at(group, id))

    def set(group, id, value = Keyed::NOTHING, ttl: nil, **rest)
      value, ttl = Keyed.value(value, rest, ttl)
      item("streams.set", Keyed.ttl({ **at(group, id), "value" => Values.pack(value, "streams.set.value") }, ttl))
    end

    def delete(group, id) = item("streams.delete", at(group, id))

    def get_group(group, page = nil, **options)
      return query(group, page, **options) unless page.nil? && options.empty?

      several("streams.getGroup", all(group))
    end
    alias getGroup get_group

    # `query("g", where: { done: true }, order_by: "n", order_direction: "desc", offset: 0, limit: 10)`
    def query(group, wanted = nil, **options)
      given = Emit.text_keys(wanted || {}).merge(Emit.text_keys(options)).compact
      given["where"] = Values.pack(given["where"], "streams.query.where") if given.key?("where")
      given["orderBy"] = Values.text(given["orderBy"]) if given.key?("orderBy")
      given["orderDirection"] = Values.text(given["orderDirection"]) if given.key?("orderDirection")
      several("streams.query", { **all(group), **given.slice("where", "orderBy", "orderDirection", "offset", "limit") })
    end

    def update(group, id, ops, ttl: nil)
      item("streams.update", Keyed.ttl({ **at(group, id), "ops" => Keyed.ops(ops) }, ttl))
    end

    # `send({ groupId:, id: }, { type:, data: })`: an event to those who joined; nothing is stored.
    def send(channel, event = nil, **options)
      return __send__(channel, *event, **options) if channel.is_a?(Symbol)

      channel = Emit.text_keys(channel)
      event = Emit.text_keys(event || options)
      params = { "stream" => @name, "group" => Values.text(channel["groupId"] || channel["group"]) }
      params["id"] = Values.text(channel["id"]) unless channel["id"].nil?
      params["type"] = Values.text(event["type"])
      @context.call("streams.send", { **params, "data" => Values.pack(event["data"], "streams.send.data") })
      nil
    end

    private

    # Items carry a mark that tells the workbench which item a response shows.
    def item(method, params) = mark(@context.value(method, params), params["group"], params["id"])

    def several(method, params)
      items = @context.call(method, params)["items"]
      Motia::Group.new(items.each { |id, value| mark(value, params["group"], id) })
    end

    def mark(value, group, id)
      return value unless value.is_a?(Hash)

      place = { "type" => "state-stream", "streamName" => @name, "groupId" => Values.text(group), "id" => id }
      value[Values::MARK] = Motia::Record[place]
      value
    end

    def all(group) = { "stream" => @name, "group" => Keyed.text(group, "group") }
    def at(group, id) = { **all(group), "id" => Keyed.text(id, "id") }
  end

  # `streams.todo`, `streams["todo"]`. Whether it exists is for the core to say.
  class Streams
    def initialize(context)
      @context = context
      @known = {}
    end

    def [](name) = @known[name.to_s] ||= Stream.new(@context, Values.text(name))

    def respond_to_missing?(name, all = false) = name.match?(/\A[a-z_]\w*\z/i) && !name.start_with?("to_") || super

    def method_missing(name, *args)
      args.empty? && respond_to_missing?(name) ? self[name] : super
    end
  end

  # The ways to write an event.
  module Emit
    module_function

    def params(event, options)
      event = text_keys(event).merge(text_keys(options))
      raise ArgumentError, "emit needs a topic" if event["topic"].nil? || event["topic"].to_s.empty?

      params = { "topic" => Values.text(event["topic"]), "data" => Values.pack(event["data"], "emit.data") }
      params["messageGroupId"] = Values.text(event["messageGroupId"]) unless event["messageGroupId"].nil?
      params["delay"] = seconds(event["delay"]) unless event["delay"].nil?
      params["at"] = moment(event["at"]) unless event["at"].nil?
      params["id"] = Values.text(event["id"]) unless event["id"].nil?
      params
    end

    def seconds(delay)
      seconds = Float(delay, exception: false) || -1
      unless seconds.finite? && seconds >= 0
        raise ArgumentError, "emit: delay must be seconds from now, not #{delay.inspect}"
      end

      seconds == seconds.to_i ? seconds.to_i : seconds
    end

    # Epoch milliseconds of a Time, a DateTime, an ISO 8601 string or such milliseconds.
    def moment(at)
      time = at.is_a?(String) ? Time.parse(at) : at
      time = time.to_time if time.respond_to?(:to_time)
      time.is_a?(Time) ? (time.to_r * 1000).round : Integer(time)
    rescue ArgumentError, TypeError
      raise ArgumentError, "emit: at must be a Time, ISO 8601 text or epoch milliseconds, not #{at.inspect}"
    end

    def text_keys(hash) = hash.to_h.transform_keys { |key| Shape.camel(key) }
  end
end
