// motia/steps/orders/process-order.ts
import { api } from '@motia/core';
import { z } from 'zod';

const ProcessOrderSchema = z.object({
  customerId: z.string(),
  items: z.array(z.object({
    productId: z.string(),
    quantity: z.number().min(1),
    price: z.number().min(0)
  })),
  paymentMethod: z.enum(['credit_card', 'paypal', 'bank_transfer'])
});

export default api({
  id: 'process-order',
  method: 'POST',
  path: '/orders',
  schema: {
    body: ProcessOrderSchema
  }
}, async ({ body }) => {
  const orderId = `order_${Date.now()}`;
  
  console.log(`📦 معالجة الطلب ${orderId} للعميل ${body.customerId}`);

  // الخطوة 1: التحقق من المخزون
  await motia.trigger('validate-inventory', {
    orderId,
    items: body.items
  });

  // الخطوة 2: معالجة الدفع
  await motia.trigger('process-payment', {
    orderId,
    customerId: body.customerId,
    amount: body.items.reduce((sum, item) => sum + (item.price * item.quantity), 0),
    method: body.paymentMethod
  });

  // الخطوة 3: إنشاء ملصق الشحن (يعمل بعد الدفع)
  await motia.trigger('create-shipping-label', {
    orderId,
    customerId: body.customerId,
    items: body.items
  });

  return {
    success: true,
    orderId,
    status: 'processing',
    estimatedDelivery: new Date(Date.now() + 7 * 24 * 60 * 60 * 1000).toISOString()
  };
});
