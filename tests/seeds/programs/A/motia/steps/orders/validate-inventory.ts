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
