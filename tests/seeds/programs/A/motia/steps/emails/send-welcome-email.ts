// motia/steps/emails/send-welcome-email.ts
import { event } from '@motia/core';
import { z } from 'zod';

const WelcomeEmailSchema = z.object({
  userId: z.string(),
  email: z.string().email(),
  name: z.string()
});

export default event({
  id: 'send-welcome-email',
  schema: WelcomeEmailSchema
}, async ({ userId, email, name }) => {
  // محاكاة تأخير إرسال البريد الإلكتروني
  await new Promise(resolve => setTimeout(resolve, 2000));

  console.log(`✅ تم إرسال بريد إلكتروني ترحيبي إلى ${name} (${email})`);

  // تحديث سجل المستخدم
  await motia.trigger('update-user-status', {
    userId,
    status: 'welcomed'
  });

  return {
    emailSent: true,
    timestamp: new Date().toISOString()
  };
});
