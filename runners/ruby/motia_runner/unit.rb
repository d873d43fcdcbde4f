# frozen_string_literal: true

# One step file and the helpers it requires, loaded into a namespace of their own (a module under MotiaSteps).
#
# What it makes equal to plain Ruby: top-level `@variables`, `def self.x` and `private` work; classes inside the step
# may call its top-level methods. Every invocation gets an object of its own, so that what one stores in `@logger`
# another cannot see. What stays different stands in sdk/ruby/README.md. Never runs a handler.

require_relative "adoption"
require_relative "shared"

module MotiaSteps
end

module MotiaRunner
  class Unit
    # Ruby 3.0 cannot load into a given module; there the text is evaluated in it.
    LOADS_INTO_MODULE = RUBY_VERSION >= "3.1"

    @names = 0
    class << self
      def next_name(path)
        word = File.basename(path, ".rb").gsub(/\W/, "_").split("_").map(&:capitalize).join
        "#{word.match?(/\A[A-Z]/) ? word : "Step#{word}"}_#{@names += 1}"
      end
    end

    # Instances are `self` of a running step.
    class Main
      def to_s = "main"
      alias inspect to_s
    end

    attr_reader :project, :path, :wrap

    # `texts`: path → what is loaded instead of the file, for an earlier version of the step.
    def initialize(project, path, texts = {})
      @project = project
      @path = path
      @texts = texts
      @wrap = MotiaSteps.const_set(Unit.next_name(path), Module.new)
      @loaded = {}
      @required = []
      @fallback = fallback
    end

    def load
      Requires.within(self) { load_file(@path) }
      adopt_all(@wrap)
      build_main
    end

    # Helpers, once per step.
    def require_own(path)
      return false if @loaded[path]

      Requires.within(self) { load_file(path) }
      adopt_all(@wrap)
      true
    end

    # Shared files cannot tell who uses them, so whoever requires one depends on all it required in its turn.
    def note_require(name)
      _, path = $LOAD_PATH.resolve_feature_path(name.to_s) || []
      return yield unless path && @project.contains?(path)

      @required << path
      text = @texts[path]
      Shared.load(path) { text ? Shared.evaluate(path, text) : yield }
    end

    # Whether there is such a file, for this step.
    def file?(path) = @texts.key?(path) || File.file?(path)

    # Project files this step has loaded, its own file first.
    def files = (@loaded.keys + @required.flat_map { |path| Shared.closure(path) }).uniq

    # A fresh `self` for one invocation, with what the file's top level had set.
    def instance
      main = @main.new
      @variables.each { |name, value| main.instance_variable_set(name, value) }
      main
    end

    def defines?(name) = @wrap.method_defined?(name) || @wrap.private_method_defined?(name) || singleton?(name)

    # Name → whether, for finding a handler called like the step.
    def own_methods = @wrap.instance_methods(false) + @wrap.private_instance_methods(false)

    def forget
      MotiaSteps.send(:remove_const, @wrap.name.split("::").last)
    end

    def note_top(top) = @entered = top

    # Called as a class body of the step begins, so that the body may use top-level methods already.
    def adopt(type)
      return if type.singleton_class? || !name_of(type)&.start_with?("#{@wrap.name}::")

      warn_of_shadow(type)
      type.include(@fallback) unless type < @fallback
      type.extend(@fallback)
    end

    private

    def load_file(path)
      @loaded[path] = true
      loads = LOADS_INTO_MODULE && !@texts.key?(path)
      Adoption.during { loads ? Kernel.load(path, @wrap) : evaluate(path) }
      merge_top(loads ? @entered : @wrap)
    end

    def evaluate(path)
      @wrap.extend(@wrap) # the top level calls its own methods
      EVALUATE.call(@wrap, @texts[path] || File.read(path), path)
    rescue Errno::ENOENT
      raise LoadError, "cannot load such file -- #{path}"
    end

    # Every file has a top-level object of its own; the step's speaks for all.
    def merge_top(entered)
      @top ||= entered
      return if entered.nil? || entered.equal?(@top)

      entered.instance_variables.each do |name|
        value = entered.instance_variable_get(name)
        @top.instance_variable_set(name, value) unless @top.instance_variable_defined?(name)
      end
    end

    def build_main
      wrap, top = @wrap, @top
      singles = singletons
      @main = Class.new(Main) do
        include wrap
        singles.each do |name|
          define_method(name) { |*args, **options, &block| top.__send__(name, *args, **options, &block) }
        end
      end
      @variables = top.instance_variables.to_h { |name| [name, top.instance_variable_get(name)] }
    end

    def singletons = @top.singleton_methods(false) - TOPLEVEL_BINDING.receiver.singleton_methods(false) - [:initialize_clone]
    def singleton?(name) = @top ? singletons.include?(name) : false

    # Top-level methods are found last, as Object's would be.
    def fallback
      wrap = @wrap
      Module.new do
        define_method(:method_missing) do |name, *args, &block|
          known = wrap.private_method_defined?(name) || wrap.method_defined?(name)
          known ? wrap.instance_method(name).bind_call(self, *args, &block) : super(name, *args, &block)
        end
        ruby2_keywords :method_missing
        private :method_missing
      end
    end

    # Also what `Struct.new` and `Class.new` made.
    def adopt_all(space)
      space.constants(false).each do |name|
        next if space.autoload?(name)

        type = space.const_get(name, false)
        next unless type.is_a?(Module) && name_of(type) == "#{name_of(space)}::#{name}"

        adopt(type) unless type.singleton_class < @fallback
        adopt_all(type)
      end
    end

    # A class may have its own idea of `name`.
    def name_of(type) = Module.instance_method(:name).bind_call(type)

    def warn_of_shadow(type)
      name = name_of(type).delete_prefix("#{@wrap.name}::")
      return if name.include?("::") || !Object.const_defined?(name, false) || type < @fallback
      return unless Object.const_get(name, false).is_a?(Module)

      warn "#{@project.relative(@path)}: `#{name}` in this file is a new class of its own; " \
           "write `class ::#{name}` to add to the existing one"
    end
  end
end

# Outside of our modules, whose constants evaluated text would see.
MotiaRunner::Unit::EVALUATE = ->(*__motia) { __motia[0].module_eval(__motia[1], __motia[2], 1) }

# The top-level object of a file being loaded is a clone of main: the only place where it shows itself.
TOPLEVEL_BINDING.receiver.singleton_class.class_eval do
  def initialize_clone(original, **options)
    super
    MotiaRunner::Requires.unit&.note_top(self)
  end
end
