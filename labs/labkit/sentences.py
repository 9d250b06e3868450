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
    "C19": ("Kaplan 等人在 2020 年以及 Chinchilla 研究……"
            "发现 Test Loss 与模型参数量和数据量之间存在幂律关系。",
            "Kaplan and others in 2020 and the Chinchilla study found a "
            "power law between the test loss and the number of parameters "
            "and the amount of data."),
    "C20": ("L(N) ≈ N^(-α)。",
            "The law is L(N) ≈ N^(-α)."),
    "C21": ("缩放定律（Scaling Laws）的数学必然。",
            "Scaling laws are a mathematical necessity."),
    "C22": ("Loss 的上限由模型大小决定。",
            "The upper limit of the loss is set by the size of the model."),
    "C23": ("无论你训练多少个 Epoch，"
            "小模型的 Loss 最终会卡在一个较高的“瓶颈”上（欠拟合）。",
            "However many epochs you train, the loss of a small model gets "
            "stuck in the end at a high bottleneck (it underfits)."),
    "C24": ("因为它根本没有能力通过压缩数据来降低熵。",
            "Because it is not able to lower the entropy by compressing the "
            "data."),
    "C25": ("在训练初期，更大的 N（参数）会带来更陡峭的 Loss 下降曲线。",
            "Early in training, a larger N brings a steeper fall of the "
            "loss."),
    "C26": ("大模型每“看”一个 Token，"
            "能消除的不确定性（Entropy）比小模型更多。",
            "With each token that it sees, a large model removes more "
            "uncertainty than a small one."),
    "C27": ("虽然大模型需要的 Epoch 少（甚至在现代 LLM 预训练中，"
            "我们通常只训练 1 个 Epoch，甚至数据都看不完）。",
            "Large models need few epochs (in modern LLM pre-training we "
            "usually train for one epoch only, and do not even get through "
            "the data)."),
    "C28": ("小模型：需要很多（例如 10-100 次）才能拟合好。",
            "Small models need many epochs, for example 10 to 100, to fit "
            "well."),
    "C29": ("单步计算成本：小模型极低，大模型极高（显存、算力消耗大）。",
            "Cost of a step: extremely low for small models, extremely high "
            "for large ones (in memory and computation)."),
    "C30": ("总训练时间：小模型可能较短，大模型通常极长……"
            "这并不代表它“便宜”。",
            "Total training time: possibly short for small models, usually "
            "extremely long for large ones; few epochs do not mean cheap."),
    "C32": ("Chinchilla 缩放定律……"
            "helps determine the optimal balance between model size and "
            "training data volume.",
            "The Chinchilla scaling laws help determine the optimal balance "
            "between model size and training data volume."),
}
