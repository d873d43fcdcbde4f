// motia/steps/utils/error-handler.ts
import { event } from '@motia/core';

export default event({
  id: 'handle-step-error'
}, async ({ stepId, error, context, retryCount = 0 }) => {
  console.error(`❌ فشلت الخطوة ${stepId}:`, error);

  // تنفيذ منطق إعادة المحاولة
  if (retryCount < 3 && isRetryableError(error)) {
    console.log(`🔄 إعادة محاولة الخطوة ${stepId} (المحاولة ${retryCount + 1})`);
    
    await new Promise(resolve => setTimeout(resolve, 1000 * Math.pow(2, retryCount)));
    
    return motia.trigger(stepId, {
      ...context,
      __retry: retryCount + 1
    });
  }

  // إرسال تنبيه للفشل المستمر
  await motia.trigger('send-alert', {
    level: 'error',
    message: `فشلت الخطوة ${stepId} بعد ${retryCount} محاولة إعادة`,
    error: error.message,
    context
  });

  throw error;
});

function isRetryableError(error: Error): boolean {
  const retryablePatterns = [
    'ECONNRESET',
    'TIMEOUT',
    'NETWORK_ERROR',
    'RATE_LIMIT'
  ];
  
  return retryablePatterns.some(pattern => 
    error.message.includes(pattern)
  );
}
