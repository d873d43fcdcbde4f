# frozen_string_literal: true

# A config hash as an author writes it (symbols or strings, snake_case or camelCase, functions inside) → the one shape
# of the wire: camelCase string keys, JSON values, schemas as JSON Schema. Functions are left out and their names told.

module MotiaRunner
  class Shape
    SNAKE = /\A[a-z][a-z0-9]*(?:_[a-z0-9]+)+\z/.freeze
    SCHEMAS = %w[bodySchema input schema contextSchema].freeze
    STATUSES = /\A(?:[1-5]\d\d|[1-5]xx|default)\z/i.freeze

    attr_reader :config, :functions, :warnings

    def self.camel(key)
      key = key.to_s
      SNAKE.match?(key) ? key.gsub(/_(\w)/) { Regexp.last_match(1).upcase } : key
    end

    def self.function?(value) = value.is_a?(Proc) || value.is_a?(Method) || value.is_a?(UnboundMethod)

    def initialize(raw, skip: [])
      @functions = []
      @warnings = []
      @config = {}
      @open = {}.compare_by_identity
      raw.each do |key, value|
        name = Shape.camel(key)
        next if skip.include?(name)

        value = value(name, value)
        @config[name] = value unless value.equal?(LEFT_OUT)
      end
    end

    private

    LEFT_OUT = Object.new.freeze

    def value(name, value)
      if SCHEMAS.include?(name) then schema(name, value)
      elsif name == "responseSchema" && !value.nil? then responses(value)
      elsif name == "parameters" && value.is_a?(Hash)
        value.to_h { |part, schema| [part.to_s, schema("parameters.#{part}", schema)] }.compact
      elsif name == "method" && value.respond_to?(:to_sym) then value.to_s.upcase
      else tidy(value, name)
      end
    end

    # By status; one schema alone is that of 200.
    def responses(value)
      value = { 200 => value } unless value.is_a?(Hash) && value.keys.all? { |status| STATUSES.match?(status.to_s) }
      value.to_h { |status, schema| [status.to_s, schema("responseSchema.#{status}", schema)] }.compact
    end

    def schema(name, value)
      schema, complaint = Schemas.convert(value)
      if complaint
        @warnings << { "code" => "bad_schema", "message" => "#{name} is left open: #{complaint}",
                       "hint" => "write JSON Schema, type names ({ id: \"string\" }) or classes ({ id: String })" }
      end
      schema
    end

    def tidy(value, path)
      case value
      when Hash then enter(value, path) { object(value, path) }
      when Array then enter(value, path) { list(value, path) }
      else
        return Values.pack(value, path) unless Shape.function?(value)

        @functions << path
        LEFT_OUT
      end
    end

    def object(hash, path)
      hash.each_with_object({}) do |(key, item), tidied|
        name = Shape.camel(key)
        item = tidy_in(item, name, "#{path}.#{name}")
        tidied[name] = item unless item.equal?(LEFT_OUT)
      end
    end

    def list(items, path)
      items.each_with_index.map { |item, at| tidy(item, "#{path}[#{at}]") }.reject { |item| item.equal?(LEFT_OUT) }
    end

    def enter(value, path)
      raise Motia::PayloadRefused, "#{path} contains itself" if @open.key?(value)

      @open[value] = true
      yield.tap { @open.delete(value) }
    end

    def tidy_in(item, name, path) = name == "contextSchema" ? schema(path, item) : tidy(item, path)
  end
end
