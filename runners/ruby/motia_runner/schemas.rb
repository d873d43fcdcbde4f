# frozen_string_literal: true

# Whatever an author writes as a schema → JSON Schema: JSON Schema itself, `{id: "string"}`, Ruby classes
# (`{id: String, tags: [String]}`). What is no schema is left open and said so; it never stops a step.

module MotiaRunner
  # One conversion; `complaints` says what was left open.
  class Schemas
    TYPES = %w[string number integer boolean object array null].freeze
    # The words of the short form, the same in every language.
    WORDS = {
      "string" => %w[string str text symbol], "number" => %w[number float double decimal], "integer" => %w[integer int],
      "boolean" => %w[boolean bool], "object" => %w[object dict hash map record], "array" => %w[array list],
      "null" => %w[null nil none]
    }.flat_map { |type, words| words.map { |word| [word, type] } }.to_h.freeze
    FORMATS = { "date" => "date", "datetime" => "date-time", "date-time" => "date-time", "time" => "date-time",
                "timestamp" => "date-time", "uuid" => "uuid", "email" => "email", "url" => "uri", "uri" => "uri" }.freeze
    ANYTHING = %w[any unknown json].freeze
    CLASSES = {
      "String" => "string", "Symbol" => "string", "Integer" => "integer", "Float" => "number", "Numeric" => "number",
      "BigDecimal" => "number", "Rational" => "number", "TrueClass" => "boolean", "FalseClass" => "boolean",
      "Hash" => "object", "OpenStruct" => "object", "Array" => "array", "Set" => "array", "NilClass" => "null"
    }.freeze
    DATES = { "Time" => "date-time", "DateTime" => "date-time", "Date" => "date" }.freeze
    KEYWORDS = %w[$schema $id $ref $defs $anchor $comment definitions type properties patternProperties
                  additionalProperties unevaluatedProperties required dependencies dependentRequired dependentSchemas
                  propertyNames minProperties maxProperties items prefixItems additionalItems unevaluatedItems contains
                  minContains maxContains minItems maxItems uniqueItems enum const anyOf oneOf allOf not if then else
                  format pattern minLength maxLength minimum maximum exclusiveMinimum exclusiveMaximum multipleOf title
                  description default examples example deprecated readOnly writeOnly contentEncoding contentMediaType
                  nullable discriminator].freeze
    REMARKS = %w[type title description].freeze
    MAPS = %w[properties patternProperties $defs definitions dependentSchemas].freeze
    PARTS = %w[items additionalProperties unevaluatedProperties not if then else contains propertyNames].freeze
    LISTS = %w[anyOf oneOf allOf prefixItems].freeze

    # [schema or nil, complaint or nil]
    def self.convert(value)
      return [nil, nil] if value.nil?

      reader = new
      schema = reader.read(value, "")
      Values.generate(schema)
      [schema, reader.complaints.any? ? reader.complaints.join("; ") : nil]
    rescue SystemStackError
      [{}, "it contains itself"]
    rescue JSON::GeneratorError, Motia::PayloadRefused => error
      [{}, "it is no JSON: #{error.message}"]
    end

    attr_reader :complaints

    def initialize
      @complaints = []
    end

    def read(value, path)
      case value
      when Hash then hash(value.to_h { |key, item| [key.to_s, item] }, path)
      when String, Symbol then word(value.to_s, path)
      when Module then type(value, path)
      when Array then { "type" => "array", **items(value, path) }
      when Range then { "type" => "number", "minimum" => value.begin, "maximum" => value.end }.compact
      when Regexp then { "type" => "string", "pattern" => value.source }
      when true, nil then {}
      else open(path, "is a #{value.class}, which is no schema")
      end
    end

    private

    def open(path, why)
      @complaints << "#{path.empty? ? 'the schema' : "`#{path}`"} #{why}"
      {}
    end

    def hash(value, path)
      return value.to_h { |key, item| [key, inside(key, item, path)] } if json_schema?(value)

      required = value.reject { |key, item| key.end_with?("?") || optional?(item) }.keys
      properties = value.to_h { |key, item| [key.delete_suffix("?"), read(item, join(path, key))] }
      { "type" => "object", "properties" => properties, **(required.any? ? { "required" => required } : {}) }
    end

    # JSON Schema says so by its values, not only by its keys: a field may be called `type`.
    def json_schema?(value)
      return true if value.empty? || %w[$schema $ref $defs].any? { |key| value.key?(key) && !word?(value[key]) }

      kinds = Array(value["type"]).map(&:to_s)
      named = kinds.any? && (kinds - TYPES).empty? && !value["type"].is_a?(Module)
      return true if named && value["type"].is_a?(Array)

      known = value.keys.all? { |key| KEYWORDS.include?(key) || key.start_with?("x-") }
      if named
        return false if value.size > 1 && (value.keys - REMARKS).empty? && value.values.all? { |item| word?(item) }

        return known || %w[properties items required].any? { |key| value[key].is_a?(Hash) || value[key].is_a?(Array) }
      end
      return true if %w[anyOf oneOf allOf enum].any? { |key| value[key].is_a?(Array) }

      known && value.values.any? { |item| !word?(item) && !item.is_a?(Module) }
    end

    def word?(item)
      return false unless item.is_a?(String) || item.is_a?(Symbol)

      text = item.to_s.downcase.delete_suffix("?")
      WORDS.key?(text) || FORMATS.key?(text) || ANYTHING.include?(text)
    end

    # JSON Schema as it stands; classes inside `properties` and `items` are still welcome.
    def inside(key, item, path)
      if MAPS.include?(key) && item.is_a?(Hash)
        item.to_h { |name, inner| [name.to_s, part(inner, join(path, name))] }
      elsif PARTS.include?(key) && !item.is_a?(Array) then part(item, path)
      elsif LISTS.include?(key) then Array(item).map { |inner| part(inner, path) }
      else plain(item)
      end
    end

    def part(value, path)
      case value
      when true, false then value
      when Hash then value.to_h { |key, item| [key.to_s, inside(key.to_s, item, path)] }
      else read(value, path)
      end
    end

    def plain(value) = Values.pack(value, "schema")

    def items(value, path)
      case value.size
      when 0 then {}
      when 1 then { "items" => read(value[0], join(path, "[]")) }
      else { "items" => { "anyOf" => value.map { |item| read(item, join(path, "[]")) } } }
      end
    end

    # `string`, `string?`, `string[]`, `array<string>`, `string | null`, `uuid`
    def word(text, path)
      return { "anyOf" => text.split("|").map { |option| word(option.strip, path) } } if text.include?("|")

      name = text.strip.downcase
      return word(name.delete_suffix("?"), path) if name.end_with?("?")

      inner = name.end_with?("[]") ? name.delete_suffix("[]") : name[/\A(?:list|array)[<\[](.+)[>\]]\z/, 1]
      return { "type" => "array", "items" => word(inner, path) } if inner
      return {} if ANYTHING.include?(name)
      return { "type" => "string", "format" => FORMATS[name] } if FORMATS.key?(name)
      return { "type" => WORDS[name] } if WORDS.key?(name)

      open(path, "is #{text.inspect}, which names no type")
    end

    def optional?(item) = (item.is_a?(String) || item.is_a?(Symbol)) && item.to_s.end_with?("?")

    def type(klass, path)
      name = klass.name.to_s
      return { "type" => CLASSES[name] } if CLASSES.key?(name)
      return { "type" => "string", "format" => DATES[name] } if DATES.key?(name)
      return read(klass.json_schema, path) if klass.respond_to?(:json_schema)
      if klass.respond_to?(:members)
        return { "type" => "object", "properties" => klass.members.to_h { |member| [member.to_s, {}] } }
      end

      open(path, "is the class #{Failures.name(klass)}, which says nothing about JSON")
    end

    def join(path, key) = path.empty? ? key.to_s : "#{path}.#{key}"
  end
end
