// motia/steps/orders/process-payment.ts
import { event } from '@motia/core';

export default event({
  id: 'process-payment'
}, async ({ orderId, customerId, amount, method }) => {
  console.log(`💳 معالجة دفع ${method} بقيمة $${amount} للطلب ${orderId}`);
  
  // محاكاة معالجة الدفع
  await new Promise(resolve => setTimeout(resolve, 2000));
  
  const success = Math.random() > 0.05; // معدل نجاح 95%
  
  if (!success) {
    throw new Error(`فشل الدفع للطلب ${orderId}`);
  }
  
  console.log(`✅ تمت معالجة الدفع بنجاح للطلب ${orderId}`);
  return { paid: true, orderId, transactionId: `txn_${Date.now()}` };
});
