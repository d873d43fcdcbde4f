# frozen_string_literal: true

module Motia
  # What a group of the state or a stream holds: an Array of its values that also knows their keys.
  class Group < Array
    attr_reader :keys

    # `pairs` is `[[key, value], …]` in the order first set.
    def initialize(pairs = [])
      super(pairs.map { |pair| pair[1] })
      @keys = pairs.map { |pair| pair[0] }
    end

    def values = to_a
    def items = @keys.zip(self)
    def each_pair(&block) = items.each(&block)
    def to_h(&block) = items.to_h(&block)
    def key?(key) = @keys.include?(key.to_s)

    # By position, as in any Array, or by key.
    def [](at, *rest)
      return super unless at.is_a?(String) || at.is_a?(Symbol)

      position = @keys.index(at.to_s)
      position && super(position)
    end
  end
end
