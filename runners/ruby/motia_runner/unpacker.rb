# frozen_string_literal: true

# The way in: parsed JSON becomes records, wire bytes become binary strings, escaped keys lose one `$`.

module MotiaRunner
  module Values
    class << self
      # Without a `"$` in the text nothing special can be inside.
      def special?(line) = line.include?('"$')

      def unpack(value, special = true)
        case value
        when Hash then special && reserved(value) || record(value, special)
        when Array then value.map! { |item| item.is_a?(Hash) || item.is_a?(Array) ? unpack(item, special) : item }
        else value
        end
      end

      # JSON text that is no wire value: its keys mean only themselves.
      def parse_foreign(text)
        raise Motia::PayloadRefused, "the body is nested too deeply" if too_deep?(text)

        unpack(JSON.parse(text, max_nesting: false), false)
      end

      private

      def record(hash, special)
        hash = hash.transform_keys { |key| RESERVED.match?(key) ? key[1..] : key } if special
        record = Motia::Record[hash]
        hash.each do |key, item|
          record[key] = unpack(item, special) if item.is_a?(Hash) || item.is_a?(Array)
        end
        record
      end

      def reserved(hash)
        if hash.size == 1 && (text = hash["$bytes"]).is_a?(String)
          text.unpack1("m0").b
        elsif hash.size == 2 && (path = hash["$file"]).is_a?(String) && hash.key?("size")
          spilled(path)
        end
      rescue ArgumentError
        raise Motia::PayloadRefused, "$bytes is not base64"
      end

      def spilled(path)
        real = File.realpath(path)
        folder = @run_dir && File.realpath(@run_dir)
        raise Motia::PayloadRefused, "#{path} lies outside the run folder" unless folder && real.start_with?("#{folder}/")

        File.binread(real)
      rescue SystemCallError => error
        raise Motia::PayloadRefused, "spilled bytes cannot be read: #{error.message}"
      end
    end
  end
end
