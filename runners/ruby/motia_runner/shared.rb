# frozen_string_literal: true

# Project files outside the step folders (`lib/`): loaded once for all steps, global, as Ruby's own `require` has it.
# Remembers which of them needs which, so that a change reaches every step it concerns.

module MotiaRunner
  module Shared
    LOADING = :motia_loading

    @needs = {}
    @again = {}

    class << self
      # Around the `require` of `path`.
      def load(path)
        thread = Thread.current
        outer = thread.thread_variable_get(LOADING)
        thread.thread_variable_set(LOADING, path)
        @needs[path] ||= []
        @needs[outer] << path if outer
        @again.delete(path) ? quietly { yield } : yield
      ensure
        thread.thread_variable_set(LOADING, outer)
      end

      # Loading a file again defines its constants again, which Ruby would warn about.
      def quietly
        before, $VERBOSE = $VERBOSE, nil
        yield
      ensure
        $VERBOSE = before
      end

      # Loads an earlier text of a file, as `require` would the file.
      def evaluate(path, text)
        return false if $LOADED_FEATURES.include?(path)

        $LOADED_FEATURES << path
        TOPLEVEL_BINDING.eval(text, path)
        true
      end

      # The file and whatever it requires in its turn.
      def closure(path, found = [])
        return found if found.include?(path)

        found << path
        @needs[path]&.each { |need| closure(need, found) }
        found
      end

      # So that the next `require` loads it again, with all that built on it.
      def forget(path)
        ($LOADED_FEATURES & @needs.keys).each do |feature|
          next unless closure(feature).include?(path)

          $LOADED_FEATURES.delete(feature)
          @again[feature] = true
        end
      end
    end
  end
end
