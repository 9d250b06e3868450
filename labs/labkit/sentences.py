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
    "C5": ("参数少意味着模型处于一个低维空间。在这个空间里，"
           "Loss Surface（损失函数曲面）通常比较崎岖，"
           "充满了局部极小值（Local Minima）和鞍点（Saddle Points）。",
           "Few parameters mean that the model lives in a space of few "
           "dimensions. There the loss surface is usually rugged, full of "
           "local minima and saddle points."),
    "C6": ("优化器（Optimizer）像是一个登山者，很容易卡在这些坑里，"
           "需要反复调整、更长时间的迭代（更多 Epoch）"
           "才能跳出来找到更好的解。",
           "The optimiser is like a hiker who easily gets stuck in these "
           "pits and needs many adjustments and longer iteration (more "
           "epochs) to jump out and find a better solution."),
    "C7": ("数学研究表明，在高维空间中，真正的“局部极小值”非常罕见"
           "（因为要在所有几十亿个方向上同时向上弯曲概率极低）。",
           "Mathematics shows that in spaces of many dimensions true local "
           "minima are very rare (because curving up in all of billions of "
           "directions at once is extremely improbable)."),
    "C8": ("大模型（平坦平原）……"
           "大模型的优化图景通常更加平滑（Convex-like）。",
           "Large models (a flat plain): their landscape is usually "
           "smoother (convex-like)."),
    "C9": ("梯度下降（Gradient Descent）在大模型上更容易找到"
           "“下山”的最优路径，因此收敛速度（按迭代次数算）更快。",
           "On large models gradient descent more easily finds the best way "
           "down, so it converges faster, counted in iterations."),
    "C10": ("有限的神经元被迫同时承担多种任务"
            "（例如，既要学语法，又要学历史事实）。",
            "In a small model the limited neurons are forced to take on "
            "several tasks at once (say, both grammar and facts of "
            "history)."),
    "C11": ("这会导致梯度干扰——"
            "学习 Task A 的梯度可能会破坏 Task B 已经学好的权重。",
            "This leads to gradient interference: the gradient for learning "
            "task A may destroy weights that task B has learned."),
    "C12": ("模型需要反复迭代（更多 Epoch）来平衡这些冲突，"
            "艰难地找到一个折中点。",
            "The model must iterate again and again (more epochs) to balance "
            "these conflicts, and finds a compromise only with difficulty."),
    "C13": ("大模型有巨大的参数冗余（Over-parameterization）。",
            "Large models have an enormous redundancy of parameters "
            "(over-parameterisation)."),
    "C14": ("它可以分配专门的子网络去负责特定的模式或知识，"
            "参数之间不需要“打架”。",
            "They can allocate dedicated sub-networks to particular patterns "
            "or knowledge; the parameters need not fight one another."),
    "C15": ("每次更新权重，大模型都能更纯粹地吸收知识，效率极高。",
            "With every update of the weights a large model absorbs "
            "knowledge more purely, with extreme efficiency."),
    "C16": ("在一个随机初始化的密集神经网络中，"
            "包含着一些“中奖”的子网络（Subnetworks），"
            "这些子网络本身的初始化权重就已经非常适合该任务。",
            "A randomly initialised dense network contains winning "
            "sub-networks, whose initial weights as such already suit the "
            "task very well."),
    "C17": ("模型参数越大，包含的子网络组合就越多，"
            "随机“中奖”的概率就越大。",
            "The more parameters a model has, the more combinations of "
            "sub-networks it contains, and the larger is the chance to win "
            "at random."),
    "C18": ("大模型在训练开始时，就已经站在了离终点更近的地方"
            "（相比于小模型），"
            "因此它只需要较少的步数就能把 Loss 压低。",
            "When training starts, a large model already stands closer to "
            "the goal than a small one; so it needs fewer steps to push the "
            "loss down."),
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
    "C31": ("它在这个高维的优化空间里拥有一条更平滑、更直接、"
            "且阻力最小的“下山路径”。",
            "In this space of many dimensions it has a smoother, more direct "
            "way down, one of least resistance."),
    "C32": ("Chinchilla 缩放定律……"
            "helps determine the optimal balance between model size and "
            "training data volume.",
            "The Chinchilla scaling laws help determine the optimal balance "
            "between model size and training data volume."),
}
