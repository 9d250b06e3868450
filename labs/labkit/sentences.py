"""The sentences of the conversation: in Chinese as said, and in English."""

SENTENCES = {
    "C1": ("为什么参数量大的模型只需要几个epoch就能把loss压低，"
           "而参数量小的模型则需要更多epoch？",
           "Why do models with many parameters need only a few epochs to "
           "push the loss down, while models with few parameters need more?"),
    "C2": ("这种现象通常被称为“大模型的样本效率更高”。",
           "This phenomenon is usually called the higher sample efficiency "
           "of large models."),
    "C3": ("它从每一个数据样本中提取信息的能力更强，"
           "因此只需要“看”较少遍（更少的 Epochs，甚至是更少的 Token 数）。",
           "It extracts more from every sample, so it needs to see the data "
           "fewer times (fewer epochs, or even fewer tokens)."),
    "C4": ("参数量越大的模型，像是一个智商更高、脑容量更大的学生。",
           "A model with more parameters is like a student with a higher IQ "
           "and a bigger brain."),
}
