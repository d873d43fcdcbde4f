# frozen_string_literal: true

# Values between Ruby and the wire (PROTOCOL.md, section 3). Owns the rules for what JSON lacks; knows no methods.
# Packing answers something JSON.generate takes as it stands; unpacking answers records.

require "json"
require_relative "failures"

module MotiaRunner
  module Values
    RESERVED = /\A\$+(?:bytes|file)\z/.freeze
    LIMITS = { "frame" => 16 << 20, "spill" => 256 << 10, "depth" => 100, "inFlight" => 64, "loadMs" => 30_000 }.freeze
    SURROGATE = /\xED[\xA0-\xBF][\x80-\xBF]/n.freeze
    # What marks a stream item in HTTP bodies; it never goes back to the core.
    MARK = "__motia"
    REPLACEMENT = "\uFFFD".b.freeze
    # The deepest value: two levels are the message's own.
    ENVELOPE = 2

    class << self
      attr_reader :limits, :run_dir

      def configure(limits: {}, run_dir: nil)
        @limits = LIMITS.merge(limits || {})
        @run_dir = run_dir
        @deepest = @limits["depth"] - ENVELOPE
      end

      # JSON text of any value of the user's. Raises PayloadRefused naming the place below `name`.
      def dump(value, name) = generate(pack(value, name))

      # Options cost more than most values; only what wraps a deep one exceeds JSON's own limit.
      def generate(plain)
        JSON.generate(plain)
      rescue JSON::NestingError
        JSON.generate(plain, max_nesting: 0)
      end

      # The same object when it is plain JSON already, which is nearly always.
      def pack(value, name)
        plain?(value, @deepest) ? value : Packer.new(name, @deepest).pack(value)
      end

      # For `kind: json`: no wire escapes, bytes as base64 strings.
      def pack_plain(value, name)
        plain?(value, @deepest, false) ? value : Packer.new(name, @deepest, wire: false).pack(value)
      end

      # For logs: whatever cannot be said is described instead of refused.
      def pack_leniently(value)
        plain?(value, @deepest) ? value : Packer.new("fields", @deepest, lenient: true).pack(value)
      end

      def text(value)
        value = value.to_s
        return value if plain_text?(value)

        unless [Encoding::UTF_8, Encoding::BINARY].include?(value.encoding)
          return value.encode(Encoding::UTF_8, invalid: :replace, undef: :replace)
        end

        # A lone surrogate is one character, not three broken bytes.
        value.b.gsub(SURROGATE, REPLACEMENT).force_encoding(Encoding::UTF_8).scrub
      end

      # Refuses deep nesting before a parser recurses into it. Brackets inside strings are told apart only when in doubt.
      def too_deep?(line)
        return false if line.count("{[") <= @limits["depth"]

        level = 0
        line.scan(/"(?:[^"\\]|\\.)*"|[\[{]|[\]}]/m) do |token|
          case token
          when "{", "[" then return true if (level += 1) > @limits["depth"]
          when "}", "]" then level -= 1
          end
        end
        false
      end

      # Nobody else holds the copy of a packed value.
      def copy(plain) = JSON.parse(generate(plain), max_nesting: false)

      def plain?(value, depth, escape = true)
        case value
        when String then plain_text?(value)
        when Integer, nil, true, false then true
        when Float then value.finite?
        when Hash
          return false unless depth.positive?

          value.each_pair do |key, item|
            return false unless key.is_a?(String) ? plain_text?(key) : key.is_a?(Symbol)
            return false if escape && (key == MARK || (key.start_with?("$") && RESERVED.match?(key)))
            return false unless plain?(item, depth - 1, escape)
          end
          true
        when Array
          return false unless depth.positive?

          value.each { |item| return false unless plain?(item, depth - 1, escape) }
          true
        else false
        end
      end

      private

      def plain_text?(text)
        (text.encoding == Encoding::UTF_8 || text.encoding == Encoding::US_ASCII) && text.valid_encoding?
      end
    end
    configure
  end
end

require_relative "packer"
require_relative "unpacker"
