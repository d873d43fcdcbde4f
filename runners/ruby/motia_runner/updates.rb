# frozen_string_literal: true

# The operations of `update` on a plain JSON value, for transactions: pure, same rules as the store (PROTOCOL.md,
# state.update). Never changes the value it is given.

module MotiaRunner
  module Updates
    INVALID = -32602

    module_function

    def apply(value, ops)
      ops.reduce(value) { |current, op| at(current, path(op), op) }
    end

    def path(op) = op["path"].to_s.split(".")

    # Descends along `path`, copying what it changes.
    def at(value, path, op)
      return change(value, op) if path.empty?

      key, *rest = path
      case value
      when Array then in_list(value, key, rest, op)
      when Hash then in_object(value, key, rest, op)
      when nil then op["op"] == "remove" ? nil : in_object({}, key, rest, op)
      else refuse(op, "`#{key}` lies inside #{kind(value)}")
      end
    end

    def in_object(value, key, rest, op)
      if op["op"] == "remove"
        return value.except(key) if rest.empty?
        return value unless value.key?(key)
      end
      value.merge(key => at(value[key], rest, op))
    end

    def in_list(value, key, rest, op)
      refuse(op, "`#{key}` is no list index") unless key.match?(/\A\d+\z/)
      index = key.to_i
      if op["op"] == "remove"
        return value.reject.with_index { |_, position| position == index } if rest.empty?
        return value if index >= value.size
      end
      refuse(op, "index #{index} lies beyond the list's end") if index > value.size
      copy = value.dup
      copy[index] = at(value[index], rest, op)
      copy
    end

    def change(value, op)
      given = op["value"]
      case op["op"]
      when "set" then given
      when "remove" then nil
      when "increment" then increment(value, given, op)
      when "append"
        value.nil? || value.is_a?(Array) ? [*value, given] : refuse(op, "#{kind(value)} is no list")
      when "merge"
        refuse(op, "#{kind(given)} is no object") unless given.is_a?(Hash)
        refuse(op, "#{kind(value)} is no object") unless value.nil? || value.is_a?(Hash)
        (value || {}).merge(given)
      else refuse(op, "there is no such operation")
      end
    end

    def increment(value, by, op)
      by = 1 if by.nil?
      refuse(op, "#{kind(value)} is no number") unless (value.nil? || value.is_a?(Numeric)) && by.is_a?(Numeric)
      (value || 0) + by
    end

    def kind(value) = value.is_a?(Hash) ? "an object" : value.is_a?(Array) ? "a list" : value.to_json

    def refuse(op, why) = raise(Motia::Error.new("update: #{op['op']} at `#{op['path']}`: #{why}", code: INVALID))
  end
end
