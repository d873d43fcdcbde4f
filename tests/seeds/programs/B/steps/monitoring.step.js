// monitoring.step.js
export default {
  schedule: '*/5 * * * *', // 5분마다
  handler: async function(event) {
    const metrics = {
      timestamp: new Date(),
      memoryUsage: process.memoryUsage(),
      cpuUsage: process.cpuUsage(),
      activeConnections: await getActiveConnections(),
      queueSize: await getQueueSize()
    };
    
    await event.emit('metrics-collected', metrics);
    
    // 임계값 체크
    if (metrics.memoryUsage.heapUsed > 500 * 1024 * 1024) { // 500MB
      await event.emit('high-memory-usage', metrics);
    }
  }
};
