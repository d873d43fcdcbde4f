export default async function longRunningTask(event) {
  await event.stream('progress', { status: 'started' });
  
  for (let i = 0; i < 100; i++) {
    await performStep(i);
    await event.stream('progress', { 
      status: 'processing', 
      progress: i + 1 
    });
  }
  
  await event.stream('progress', { status: 'completed' });
}
