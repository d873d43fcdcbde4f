# frozen_string_literal: true

# Which loading of a file a snapshot means: known from one snapshot on, until another has ended it. Loads nothing.

module MotiaRunner
  class Versions
    NEVER = Float::INFINITY

    def initialize
      @entries = {}
    end

    # nil when the file must be loaded. A snapshot older than all there is means the oldest.
    def at(file, snapshot)
      list = @entries[file] or return
      found = list.reverse_each.find { |entry| entry.snapshot <= snapshot } or return list.first
      found if snapshot < found.ended
    end

    # Whether `file` is here as `snapshot` knew it, and not only as a later one does.
    def holds?(file, snapshot)
      found = at(file, snapshot)
      found && found.snapshot <= snapshot
    end

    def add(file, entry)
      list = @entries[file] || []
      # One that is loaded late belongs to the code that ended the one before it.
      entry.snapshot = [entry.snapshot, list.last.ended].max if entry.ended == NEVER && list.any?
      @entries[file] = (list + [entry]).sort_by(&:snapshot)
      entry
    end

    # The files whose newest loading the block finds stale.
    def end_if(snapshot)
      stale = @entries.select { |file, list| list.last.ended == NEVER && yield(file, list.last) }
      stale.each_value { |list| list.last.ended = snapshot }
      stale.keys
    end

    # Lets go of what neither `snapshot`, nor the one before it, nor the `held` ones need; yields each.
    def prune(snapshot, held)
      kept = held.map { |one| at(one["file"], one["snapshot"]) }
      @entries.each do |file, list|
        gone = list.reject { |entry| entry.ended >= snapshot || kept.any? { |one| one.equal?(entry) } }
        next if gone.empty?

        @entries[file] = list - gone
        gone.each { |entry| yield entry }
      end
      @entries.delete_if { |_, list| list.empty? }
    end
  end
end
