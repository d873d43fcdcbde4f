// motia/steps/orders/validate-inventory.ts
import { event } from '@motia/core';

export default event({
  id: 'validate-inventory'
}, async ({ orderId, items }) => {
  console.log(`🔍 التحقق من المخزون للطلب ${orderId}`);
  
  // محاكاة فحص المخزون
  await new Promise(resolve => setTimeout(resolve, 1000));
  
  const isValid = Math.random() > 0.1; // معدل نجاح 90%
  
  if (!isValid) {
    throw new Error(`مخزون غير كافٍ للطلب ${orderId}`);
  }
  
  console.log(`✅ تم التحقق من المخزون للطلب ${orderId}`);
  return { validated: true, orderId };
});

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
