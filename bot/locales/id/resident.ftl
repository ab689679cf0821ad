# Kata-kata untuk warga. Paling banyak lima baris sekali bicara.

privacy-notice =
    Halo! Saya Palanta, tempat menyampaikan ide untuk kota.
    Ide dan waktunya disimpan Pemko untuk menyusun rencana kota. Nama dan nomormu tidak dibagikan, data pribadi dalam teks disamarkan.
    Obrolan ini lewat server Telegram di luar negeri. Data bisa dilihat dengan /dataku dan dihapus dengan /hapus kapan saja.
privacy-notice-held =
    { privacy-notice }
    Pesanmu sudah saya pegang. Ketuk tombol di bawah agar tersimpan; tanpa itu, hilang dalam 24 jam.
button-agree = Setuju

welcome = Terima kasih. Sekarang tulis saja idemu untuk kota, seperti mengobrol biasa.
start = Tulis saja idemu untuk kota, seperti mengobrol biasa. Saya catat dan beri kode. Daftar idemu: /ideku. Bantuan: /bantuan.
help =
    Tulis ide, keluhan, atau pertanyaan tentang kota dengan kata-katamu sendiri. Satu pesan, satu ide.
    Salah tulis? Sunting saja pesanmu di Telegram, catatannya ikut berubah.
    /ideku – idemu dan kabarnya
    /dataku – salinan datamu · /hapus – hapus datamu
    Bahaya atau darurat: telepon 112.
help-moderator = Moderator: /antrean – periksa ide yang paling diragukan; /statistik – seberapa tepat mesinnya.
help-planner = Perencana: /export – unduh semua ide, misalnya /export dimensi:mobilitas dari:2026-01-01
help-admin = Admin: /undang – buat tautan undangan; /peran – lihat dan cabut peran; /latih – mesin belajar dari koreksi.

receipt =
    Tersimpan, terima kasih! Kodenya { $code }.
    { $dimension } · { $topic }
    { $note }
receipt-ask = Sudah pas?
receipt-complaint = Keluhan yang perlu ditangani segera, laporkan juga ke lapor.go.id. Tagnya sudah pas?
receipt-emergency = Kalau ada bahaya sekarang, telepon 112 dulu. Tagnya sudah pas?
receipt-integrity = Laporan pungli dan korupsi bisa juga ke lapor.go.id, identitas dirahasiakan. Tagnya sudah pas?
receipt-unsure =
    Tersimpan, terima kasih! Kodenya { $code }.
    { $note }
receipt-unsure-ask = Saya belum yakin ini tentang apa. Yang mana paling dekat?
receipt-unsure-complaint = Saya belum yakin ini tentang apa. Yang mana paling dekat? (Keluhan segera: lapor.go.id)
receipt-unsure-emergency = Kalau ada bahaya sekarang, telepon 112 dulu. Ini paling dekat ke mana?
receipt-unsure-unclear = Saya belum menangkap idenya. Pilih yang paling dekat, atau sunting pesanmu supaya lebih jelas.
receipt-unsure-scope = Sepertinya bukan urusan kota. Kalau ternyata iya, pilih yang paling dekat.
receipt-settled =
    { $code } · tersimpan.
    { $dimension } · { $topic }
    { $note }
settled-right = Terima kasih, tagnya sudah kamu pastikan.
settled-changed = Sudah diubah. Terima kasih, ini membantu kami belajar.
settled-elsewhere = Tag ini sudah ditetapkan moderator.
receipt-revised =
    Perubahan dicatat pada { $code }.
    { $dimension } · { $topic }
no-dimension = Tanpa dimensi

button-right = Betul
button-change = Ubah dimensi
button-other = Lainnya
button-why = Kenapa?
why = Kata yang menentukan: { $words }
why-none = Tidak ada kata yang jelas menentukan; tebak dari keseluruhan kalimat.
button-back = Kembali
button-older = Lebih lama
pressed-saved = Dicatat, terima kasih.
pressed-before = Sudah dicatat sebelumnya.
pressed-not-yours = Tombol ini bukan untukmu atau sudah tidak berlaku.

told-relabelled =
    Kabar { $code }: moderator memindahkan idemu ke { $dimension } · { $topic }.
    Kurang pas? Kirim ulang idemu dengan keterangan tambahan.
told-confirmed = Kabar { $code }: idemu sudah dibaca moderator dan masuk bahan rencana kota.
told-rejected =
    Kabar { $code }: idemu tidak diteruskan. Alasannya: { $reason }
    Kalau menurutmu keliru, tulis lagi dengan keterangan tambahan.

mine = Idemu, yang terbaru di atas:
mine-line = { $code } · { $day } · { $topic } · { $status }
mine-none = Belum ada idemu di sini. Tulis saja satu!
mine-no-more = Tidak ada yang lebih lama.
status-received = diterima
status-reviewed = sudah dibaca
status-rejected = tidak diteruskan
status-erased = dihapus penulisnya

need-words = Saya baru bisa membaca tulisan. Tulis idenya dengan kata-kata, ya.
need-words-file = Berkasnya belum bisa saya baca. Kirim lagi dengan keterangan, atau tulis idenya dengan kata-kata.
no-words = Belum ada kata yang bisa saya baca di pesan itu. Tulis idenya dengan kata-kata, ya.
pace-message =
    Banyak sekali idemu, terima kasih! Semua tersimpan dan diberi tag; balasannya saya ringkas dulu.
    Daftarnya ada di /ideku. Kalau ada bahaya sekarang, telepon 112.
pace-command = Pelan-pelan dulu, ya. Coba lagi perintahnya sebentar lagi; semua idemu tetap tersimpan.
unknown-command = Perintah itu belum saya kenal. Tulis saja idenya, atau lihat /bantuan.
update-set-aside = Maaf, pesanmu tadi tersimpan tetapi belum bisa saya olah (rujukan { $reference }). Petugas sudah diberi tahu; coba tulis lagi dengan cara lain.

data-caption = Ini semua yang tersimpan tentangmu.
erase-ask =
    Hapus semua datamu? Akun dan isi { $count } idemu hilang; hanya tag dan tanggalnya yang tinggal sebagai hitungan.
    Ini tidak bisa dibatalkan.
button-erase = Ya, hapus
button-keep = Batal
erased = Datamu sudah dihapus. Kalau menulis lagi, kita mulai dari awal.
kept = Baik, tidak ada yang dihapus.
