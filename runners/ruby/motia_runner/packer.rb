# frozen_string_literal: true

# The slow road from a Ruby value to JSON: bytes, times, decimals, sets, structs, errors, escapes. Copies; names the
# key path (`result.body.items[3].owner`) of whatever has no form, and never guesses one.

module MotiaRunner
  module Values
    class Packer
      # The greatest integer that every language reads exactly.
      EXACT = 2**53 - 1

      def initialize(name, depth, wire: true, lenient: false)
        @name = name
        @left = depth
        @wire = wire
        @lenient = lenient
        @open = {}.compare_by_identity
      end

      def pack(value, path = @name)
        case value
        when String then string(value)
        when Integer, nil, true, false then value
        when Symbol then Values.text(value)
        when Float then value.finite? ? value : nil # as in every language
        when Hash then enter(value, path) { object(value, path) }
        when Array then enter(value, path) { list(value, path) }
        when Exception then enter(value, path) { object(Failures.describe(value), path) }
        when Time then time(value)
        when Rational then rational(value)
        else other(value, path)
        end
      end

      private

      def string(text)
        text.encoding == Encoding::BINARY ? bytes(text) : Values.text(text)
      end

      def bytes(data)
        return [data].pack("m0") unless @wire
        return { "$bytes" => [data].pack("m0") } if data.bytesize <= Values.limits["spill"] || !Values.run_dir

        path = File.join(Values.run_dir, "rb-#{SecureRandom.hex(12)}")
        File.open(path, File::WRONLY | File::CREAT | File::EXCL, 0o600, binmode: true) { |file| file.write(data) }
        { "$file" => path, "size" => data.bytesize }
      end

      def object(hash, path)
        hash.each_with_object({}) do |(key, value), packed|
          name = Values.text(key)
          next if @wire && name == MARK && value.is_a?(Hash) && value["type"] == "state-stream"

          packed[@wire && RESERVED.match?(name) ? "$#{name}" : name] = pack(value, "#{path}.#{name}")
        end
      end

      def list(items, path)
        items.each_with_index.map { |item, at| pack(item, "#{path}[#{at}]") }
      end

      def enter(value, path)
        return refuse(path, "contains itself", value) if @open.key?(value)
        return refuse(path, "nested deeper than #{Values.limits['depth']} levels", value) if @left.zero?

        @open[value] = true
        @left -= 1
        yield
      ensure
        @left += 1 if @open.delete(value)
      end

      def time(value)
        value = value.getutc
        value.iso8601((value.nsec % 1_000_000).zero? ? 3 : 6)
      end

      def rational(value)
        return value.numerator if value.denominator == 1

        value.to_f.to_r == value ? value.to_f : value.to_s
      end

      # Looked up by name: the libraries may never have been loaded.
      def other(value, path)
        case value.class.name
        when "BigDecimal" then decimal(value)
        when "Date" then value.iso8601
        when "DateTime" then time(value.to_time)
        when "Set", "SortedSet" then enter(value, path) { list(value.to_a, path) }
        when "Pathname", /\AURI::/ then Values.text(value)
        else convert(value, path)
        end
      end

      # A number where every language reads the same number, else text.
      def decimal(value)
        return nil unless value.finite?
        return value.abs <= EXACT ? value.to_i : value.to_i.to_s if value.frac.zero?

        float = value.to_f
        BigDecimal(float.to_s) == value ? float : value.to_s("F")
      end

      def convert(value, path)
        if value.is_a?(Numeric) || value.is_a?(Proc) || value.is_a?(Method) || value.is_a?(Module)
          formless(value, path)
        elsif value.respond_to?(:to_h) && !value.is_a?(Enumerable) || value.is_a?(Struct)
          enter(value, path) { object(value.to_h, path) }
        elsif value.respond_to?(:to_hash) || value.respond_to?(:to_ary)
          enter(value, path) { pack(value.respond_to?(:to_hash) ? value.to_hash : value.to_ary, path) }
        elsif value.respond_to?(:to_str)
          Values.text(value.to_str)
        elsif own_json?(value)
          JSON.parse(value.to_json, max_nesting: false)
        elsif plain_object?(value)
          enter(value, path) { object(fields(value), path) }
        else
          formless(value, path)
        end
      end

      # An object of an author's class is what it holds, as in other languages.
      def plain_object?(value)
        value.instance_variables.any? && !value.is_a?(Enumerable) && !value.is_a?(Thread) &&
          !value.class.name.to_s.start_with?("MotiaRunner")
      end

      def fields(value)
        names = value.instance_variables.reject { |name| name.start_with?("@_") }
        names.to_h { |name| [name.name.delete_prefix("@"), value.instance_variable_get(name)] }
      end

      # Every object has a `to_json` that says `to_s`; only one written for the class means something.
      def own_json?(value)
        owner = value.method(:to_json).owner
        !owner.name.to_s.start_with?("JSON::", "ActiveSupport::") && owner != Object && owner != Kernel
      end

      def formless(value, path)
        hint = value.is_a?(Enumerable) ? " (call to_a on it)" : ""
        refuse(path, "#{kind(value)} has no form in JSON#{hint}", value)
      end

      def kind(value)
        case value
        when Proc, Method then "a function"
        when Module then "a class"
        else "a #{Failures.name(value.class)}"
        end
      end

      def refuse(path, why, value)
        raise Motia::PayloadRefused, "#{path}: #{why}" unless @lenient

        value.is_a?(Hash) || value.is_a?(Array) ? "(#{why})" : value.inspect
      end
    end
  end
end
