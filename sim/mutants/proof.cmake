# Mutations of the tree, its proofs, checkpoints and notes.

mutation(leaf_like_a_node "leaves are hashed with the prefix of nodes" merkle_test
src/merkle/tree.cc
[==[kLeaf{0x00}]==]
[==[kLeaf{0x01}]==])

mutation(neighbour_hashed "of many leaves the second has the hash of the first" merkle_test
src/merkle/tree.cc
[==[      messages[i] = ByteView(text).subspan(begin);
]==]
[==[      messages[i] = i == 1 ? messages[0] : ByteView(text).subspan(begin);
]==])

mutation(children_swapped "the root hashes the right child first" merkle_test
src/merkle/tree.cc
[==[    root = node_hash(*peak, root);
]==]
[==[    root = node_hash(root, *peak);
]==])

mutation(tree_off_by_one "a subtree is completed one leaf too late" merkle_test
src/merkle/tree.cc
[==[std::uint64_t carry = size_;]==]
[==[std::uint64_t carry = size_ == 0 ? 0 : size_ - 1;]==])

mutation(path_off_by_one "a proof of inclusion is checked for a tree of one leaf more" merkle_test
src/merkle/proof.cc
[==[Position position{index, size - 1};]==]
[==[Position position{index, size};]==])

mutation(old_root_unchecked "a proof of consistency may lead to any old root" merkle_test
src/merkle/proof.cc
[==[  if (old_hash != old_root) return invalid("the proof leads to another old root");
]==]
"")

mutation(origin_unchecked "a checkpoint of another log is accepted" merkle_test
src/merkle/checkpoint.cc
[==[  if (checkpoint.origin != log_key.name)
]==]
[==[  if (false)
]==])

mutation(signature_unchecked "a note opens whatever its signature" merkle_test
src/merkle/note.cc
[==[    if (!verify(key.key, as_bytes(text), as_signature(body))) return std::nullopt;
]==]
"")

mutation(any_engine_excuses "a decision escapes its check under the name of any engine" audit_test
src/audit/verify.cc
[==[    if (!engines_ || std::ranges::find(*engines_, engine) != engines_->end()) return;
]==]
[==[    if (!engines_ || !engine.empty()) return;
]==])

mutation(foreign_is_not_canonical "the decision of another engine version may have any form" codec_test
src/codec/event_decode.cc
[==[      is_engine_here(*engine->string()) || json::canonical(*document) != object)
]==]
[==[      is_engine_here(*engine->string()) || object.empty())
]==])

mutation(old_version_is_none "a body is read as whatever version comes first" codec_test
src/codec/event_decode.cc
[==[    if (kind.version == named.version) return &kind;
]==]
[==[    if (kind.version <= named.version) return &kind;
]==])
