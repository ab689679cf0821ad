# Kata-kata untuk moderator, perencana, dan admin.

refused = Perintah ini hanya untuk { $roles }. Minta undangan pada admin kota kalau itu tugasmu.
role-resident = warga
role-lurah = lurah
role-camat = camat
role-official = OPD
role-expert = ahli
role-volunteer = relawan
role-moderator = moderator
role-planner = perencana
role-admin = admin

queue-idea =
    { $code } · { $role } · { $day } · sisa { $left }
    “{ $text }”
    { $tag }
    Kata penentu: { $words }
queue-tag = { $dimension } · { $topic } · yakin { $confidence }
queue-tag-unsure = Mesin ragu: { $dimension } · { $topic } · { $confidence }
queue-tag-author = Menurut penulis: { $dimension } · { $topic }
queue-no-words = (tidak ada)
queue-empty = Antrean kosong. Semua ide sudah dilihat orang.
queue-rest = Untuk saat ini tidak ada lagi. { $left } ide baru dilewati atau sedang dilihat moderator lain; buka /antrean lagi sepuluh menit kemudian.
queue-done-right = { $code }: dipastikan { $topic }.
queue-done-changed = { $code }: dipindahkan ke { $topic }, penulisnya diberi tahu.
queue-done-rejected = { $code }: ditolak, penulisnya diberi tahu.
queue-done-skipped = { $code }: dilewati.
queue-done-before = { $code }: sudah ditangani sebelumnya.
button-reject = Tolak
button-skip = Lewati
button-reason-scope = Bukan urusan kota
button-reason-unclear = Tidak jelas
button-reason-double = Sudah ada
button-reason-abuse = Spam/makian
button-reason-typed = Tulis alasan
reason-scope = ini di luar urusan Pemko.
reason-unclear = kami tidak menangkap maksudnya.
reason-double = usul yang sama sudah ada dalam daftar.
reason-abuse = isinya kami anggap spam atau kata kasar.
ask-reason = Tulis alasan menolak { $code } dalam satu pesan; penulisnya akan membacanya.
ask-reason-shorter = Alasannya terlalu panjang. Tulis paling banyak { $longest } huruf, ya.
ask-reason-words = Alasannya belum terbaca. Tulis dengan kata-kata, ya.

queue-idea-blind =
    { $code } · { $role } · { $day } · sisa { $left }
    “{ $text }”
    Uji buta: tag mesin disembunyikan. Menurutmu ini dimensi apa?

statistics-pool = { $total } ide, { $week } minggu ini; { $reviewed } sudah diputuskan moderator.
statistics-accuracy = Mesin benar { $share } dari { $n } ide uji buta (rentang 95%: { $low }–{ $high }).
statistics-accuracy-unknown = Ketepatan mesin belum diketahui: baru { $n } ide uji buta, perlu { $fewest }.
statistics-doubt = Mesin ragu { $now } minggu ini, { $before } dalam delapan minggu sebelumnya.
statistics-riser = Paling naik: { $topic }, dari { $before } ke { $now }.
statistics-model = Model { $model }, belajar dari { $corrections } koreksi orang.
drift-doubt = Mesin makin sering ragu: { $now } minggu ini, biasanya { $before }. Periksa /antrean; /latih kalau koreksi sudah banyak.
drift-topics = Isi ide berubah: { $topic } kini { $now }, biasanya { $before }. Lihat /antrean apakah tagnya benar.

train-progress = Mesin sedang belajar dari { $corrections } koreksi. Perlu satu sampai tiga menit; kabarnya menyusul.
train-under-way = Mesin masih belajar. Tunggu kabarnya, ya.
train-too-few = Baru ada { $given } koreksi; perlu paling sedikit { $fewest } supaya belajar ada gunanya.
train-done = Selesai belajar. Model baru sudah dipakai.
train-promoted =
    Model baru dipakai. Ia belajar dari { $corrections } koreksi oleh { $people } orang.
    Uji tetap ({ $n } teks): { $old } → { $new }, beda { $low } sampai { $high } poin (95%).
    Batalkan dengan perintah server palanta rollback.
train-against-sample = Model baru tidak dipakai: pada teks uji tetap hasilnya turun ({ $old } → { $new }). Yang lama tetap bekerja.
train-against-dimension = Model baru tidak dipakai: satu dimensi turun lebih dari 3 poin (keseluruhan { $old } → { $new }). Yang lama tetap bekerja.
train-against-blind = Model baru tidak dipakai: pada ide uji buta hasilnya turun, walau pada teks uji tetap { $old } → { $new }. Yang lama tetap bekerja.
train-failed = Belajar gagal (rujukan { $reference }). Model lama tetap bekerja; coba lagi nanti.

invite-ask = Undangan untuk peran apa? Pilih, atau ketik misalnya /undang lurah 13.71.09.1001
invite-unknown-role = Peran “{ $role }” belum saya kenal. Pilih salah satu di bawah.
invite-unknown-area = Wilayah “{ $area }” tidak ada. Pakai kode dari daftar resmi, misalnya 13.71.09.1001, atau nama kelurahan.
invite-ambiguous-area = “{ $area }” ada lebih dari satu. Pakai kodenya: { $codes }
invitation =
    Undangan { $role }{ $where }, sekali pakai, berlaku sampai { $day }:
    { $link }
invitation-where = { " " }({ $area })
invitation-accepted = Selamat datang! Sekarang kamu { $role }{ $where }. { $next }
invitation-next-moderator = Mulai dengan /antrean.
invitation-next-planner = Unduh ide dengan /export.
invitation-next-admin = /undang untuk mengundang, /antrean untuk memeriksa, /export untuk mengunduh.
invitation-next-other = Tulis saja ide dari wilayah atau bidangmu; perannya ikut tercatat.
holders = Peran yang berlaku, terbaru di atas:
holder = No. { $number } · { $role }{ $where } · sejak { $day }
button-revoke = Cabut { $number } { $role }
revoked = Peran { $role } nomor { $number } sudah dicabut.
told-revoked = Peranmu sebagai { $role } sudah dicabut oleh admin. Idemu tetap tersimpan.
invitation-unknown = Undangan itu tidak ada. Minta tautan yang baru pada admin.
invitation-expired = Undangan itu sudah kedaluwarsa. Minta tautan yang baru pada admin.
invitation-spent = Undangan itu sudah dipakai. Minta tautan yang baru pada admin.

export-progress = Menyiapkan ekspor… { $bar } { $done } dari { $total } ide
export-ready = Ekspor siap: { $total } ide.
export-empty = Tidak ada ide yang cocok dengan saringan itu. Coba /export tanpa saringan.
export-caption = { $total } ide, { $filter }. Mulai dari usulan.xlsx, lembar Ringkasan. Tanpa data pribadi.
export-failed = Ekspor gagal (rujukan { $reference }). Coba lagi sebentar lagi; petugas teknis sudah diberi tahu lewat log.
filter-none = semua
filter-unknown = Saringan “{ $word }” tidak terbaca. Tulis tanpa spasi. Yang ada: dimensi: dari: sampai: status: – misalnya /export dimensi:mobilitas dari:2026-01-31
filter-bad-dimension = Dimensi “{ $value }” tidak ada. Pilihannya: { $choices }
filter-bad-date = Tanggal “{ $value }” tidak terbaca. Tulis seperti 2026-01-31.
filter-bad-status = Status “{ $value }” tidak ada. Pilihannya: { $choices }
filter-bad-order = Tanggal “dari” lebih akhir daripada “sampai”. Tukar keduanya.

admin-update-set-aside = Satu pesan tidak bisa diolah setelah tiga kali dicoba (rujukan { $reference }). Lihat log; pesannya tetap tersimpan.

command-bantuan = cara memakai
command-ideku = ide saya dan kabarnya
command-dataku = salinan data saya
command-hapus = hapus data saya
