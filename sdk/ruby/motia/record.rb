# frozen_string_literal: true

module Motia
  # A JSON object as authors see it: a real Hash with string keys, readable by string, symbol and method.
  #
  # Hash's own methods always win, so that data from outside can never change what `size` or `each` mean. Only those
  # that make no sense bare (`zip`, `filter` …) give way to a field of that name, and an absent field reads as nil.
  class Record < Hash
    BARE = %i[chunk cycle detect display filter find key max method min partition reject replace select sum zip].freeze

    # A deep copy of plain Hashes and Arrays.
    def self.wrap(value)
      case value
      when Record then value
      when Hash then value.each_with_object(new) { |(key, item), record| record[key.to_s] = wrap(item) }
      when Array then value.map { |item| wrap(item) }
      else value
      end
    end

    def [](key) = super(key.is_a?(Symbol) ? key.name : key)

    def []=(key, value)
      super(key.is_a?(Symbol) ? key.name : key, value)
    end

    BARE.each do |name|
      define_method(name) do |*args, **options, &block|
        args.empty? && options.empty? && !block && key?(name) ? self[name] : super(*args, **options, &block)
      end
    end

    def store(*pair) = pair.empty? ? self["store"] : self[pair[0]] = pair.fetch(1)
    def delete(*key, &block) = key.empty? ? self["delete"] : super(name_of(key[0]), &block)
    def update(*others, &block) = others.empty? ? self["update"] : merge!(*others, &block)
    def fetch(key, *default, &block) = super(name_of(key), *default, &block)

    def key?(key) = super(name_of(key))
    alias has_key? key?
    alias include? key?
    alias member? key?

    def dig(key, *rest)
      value = self[key]
      rest.empty? || value.nil? ? value : value.dig(*rest)
    end

    def values_at(*keys) = keys.map { |key| self[key] }
    def fetch_values(*keys, &block) = keys.map { |key| fetch(key, &block) }
    def slice(*keys) = super(*keys.map { |key| name_of(key) })
    def except(*keys) = super(*keys.map { |key| name_of(key) })
    def assoc(key) = super(name_of(key))

    def merge!(*others)
      others.each do |other|
        other.each do |key, value|
          self[key] = block_given? && key?(key) ? yield(name_of(key), self[key], value) : value
        end
      end
      self
    end

    def merge(*others, &block) = dup.merge!(*others, &block)

    # `case input in {id:, items: [first, *]}`
    def deconstruct_keys(keys)
      keys ? keys.each_with_object({}) { |key, found| found[key] = self[key] if key?(key) } : transform_keys(&:to_sym)
    end

    def respond_to_missing?(name, private_too = false) = key?(name.name.delete_suffix("=")) || super

    def method_missing(name, *args)
      text = name.name
      if text.end_with?("=") && args.size == 1
        self[text.delete_suffix("=")] = args[0]
      elsif args.empty? && !block_given? && text.match?(/\A[a-z_]\w*\z/i)
        self[name]
      else
        super
      end
    end

    private

    def name_of(key) = key.is_a?(Symbol) ? key.name : key
  end
end
