// motia/steps/users/create-user.ts
import { api } from '@motia/core';
import { z } from 'zod';

// مخطط التحقق من الإدخال
const CreateUserSchema = z.object({
  name: z.string().min(2),
  email: z.string().email(),
  role: z.enum(['user', 'admin']).default('user')
});

// motia/steps/users/create-user.ts (محدث)
export default api({
  id: 'create-user',
  method: 'POST',
  path: '/users',
  schema: {
    body: CreateUserSchema
  }
}, async ({ body }) => {
  const user = {
    id: Math.random().toString(36).substr(2, 9),
    ...body,
    createdAt: new Date().toISOString()
  };

  // تشغيل عمليات خلفية متعددة
  await Promise.all([
    // إرسال بريد إلكتروني ترحيبي (TypeScript)
    motia.trigger('send-welcome-email', {
      userId: user.id,
      email: user.email,
      name: user.name
    }),
    
    // تحليل سلوك المستخدم (Python)
    motia.trigger('analyze-user-behavior', {
      userId: user.id,
      actions: ['registration'],
      metadata: { source: 'api', userAgent: 'tutorial' }
    })
  ]);

  return { success: true, user };
});
