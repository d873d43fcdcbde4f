// motia/steps/users/create-user.ts
import { api } from '@motia/core';
import { z } from 'zod';

// مخطط التحقق من الإدخال
const CreateUserSchema = z.object({
  name: z.string().min(2),
  email: z.string().email(),
  role: z.enum(['user', 'admin']).default('user')
});

export default api({
  id: 'create-user',
  method: 'POST',
  path: '/users',
  schema: {
    body: CreateUserSchema
  }
}, async ({ body }) => {
  // محاكاة إنشاء المستخدم
  const user = {
    id: Math.random().toString(36).substr(2, 9),
    ...body,
    createdAt: new Date().toISOString()
  };

  // تشغيل حدث البريد الإلكتروني الترحيبي
  await motia.trigger('send-welcome-email', {
    userId: user.id,
    email: user.email,
    name: user.name
  });

  return {
    success: true,
    user
  };
});
