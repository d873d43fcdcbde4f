# frozen_string_literal: true

# Tells of forked children, which inherit the worker's descriptors but none of its threads.

module MotiaRunner
  module Forks
    class << self
      # `told` is called in every child before it goes on.
      def install(&told)
        return replace_fork(told) unless Process.respond_to?(:_fork)

        hook = Module.new { define_method(:_fork) { super().tap { |pid| told.call if pid.zero? } } }
        Process.singleton_class.prepend(hook)
      end

      private

      # Ruby 3.0 has no `_fork` that all ways to fork go through.
      def replace_fork(told)
        [Kernel, Kernel.singleton_class, Process.singleton_class].each do |place|
          original = place.instance_method(:fork)
          place.define_method(:fork) do |&block|
            next original.bind_call(self) { told.call || block.call } if block

            original.bind_call(self).tap { |pid| told.call unless pid }
          end
        end
        Kernel.send(:private, :fork)
      end
    end
  end
end
