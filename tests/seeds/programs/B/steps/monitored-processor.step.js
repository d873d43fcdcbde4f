// monitored-processor.step.js
export default async function monitoredProcessor(event) {
  const startTime = Date.now();
  
  try {
    console.log('Processing started', { 
      id: event.data.id,
      type: event.data.type 
    });
    
    const result = await processData(event.data);
    
    const duration = Date.now() - startTime;
    
    console.log('Processing completed', {
      id: event.data.id,
      duration,
      resultSize: JSON.stringify(result).length
    });
    
    return result;
    
  } catch (error) {
    console.error('Processing failed', {
      id: event.data.id,
      error: error.message,
      duration: Date.now() - startTime
    });
    
    throw error;
  }
}
