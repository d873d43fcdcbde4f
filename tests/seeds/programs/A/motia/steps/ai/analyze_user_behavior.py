# motia/steps/ai/analyze_user_behavior.py
from motia import event
import json
import random
from typing import Dict, Any

@event(
    id="analyze-user-behavior",
    schema={
        "userId": str,
        "actions": list,
        "metadata": dict
    }
)
async def analyze_user_behavior(userId: str, actions: list, metadata: dict) -> Dict[str, Any]:
    """تحليل أنماط سلوك المستخدم باستخدام الذكاء الاصطناعي"""
    
    # محاكاة معالجة AI
    behavior_score = random.uniform(0.1, 1.0)
    
    # تحليل سلوك بسيط
    analysis = {
        "userId": userId,
        "behaviorScore": behavior_score,
        "riskLevel": "منخفض" if behavior_score > 0.7 else "متوسط" if behavior_score > 0.4 else "عالي",
        "recommendations": [],
        "processedAt": "2025-09-10T10:30:00.000Z"
    }
    
    # إضافة توصيات بناءً على النتيجة
    if behavior_score < 0.4:
        analysis["recommendations"].append("زيادة أنشطة مشاركة المستخدم")
        analysis["recommendations"].append("إرسال محتوى مخصص")
    elif behavior_score < 0.7:
        analysis["recommendations"].append("مراقبة نشاط المستخدم عن كثب")
    else:
        analysis["recommendations"].append("يُظهر المستخدم مشاركة ممتازة")
    
    print(f"🤖 تم الانتهاء من تحليل AI للمستخدم {userId}: مخاطر {analysis['riskLevel']}")
    
    return analysis
