# exit in a comment
$runs = 0

def config
  { type: 'event', name: 'Day', subscribes: ['day'], emits: [] }
end

def handler(input, context)
  $runs += 1
  Dir.chdir('/tmp')
  ENV['LAST_DAY'] = "exit #{input['day']}"
  exit 1 if input['bad']
end
